"""What surrounds a logical call where its client has it: a trace, and a budget. Flows: they never wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pareta_generated import api
from pareta_generated.types import Call, Request

from .._exceptions import ParetaError
from .._models import RETRIEVE_ENDPOINT
from .._spending import Spending
from .._status_errors import APIStatusError
from .calls import send
from .effects import Flow, OpenStream
from .session import Session

if TYPE_CHECKING:
    from .hooks import Tracer

T = TypeVar("T")


def logical(session: Session, call: Request, flow: Flow[T]) -> Flow[T]:
    """Return the flow of a call, within the budget and the trace of its session."""
    if session.spending is not None and call.operation is api.CREATE_CHAT_COMPLETION:
        flow = _paid(session, session.spending, call, flow)
    return flow if session.tracer is None else _traced(session, session.tracer, call, flow)


def _traced(session: Session, tracer: Tracer, call: Request, flow: Flow[T]) -> Flow[T]:
    span = tracer.start(call, str(session.base))
    try:
        result = yield from flow
    except GeneratorExit as closed:  # The wait itself was ended: a task was cancelled, or a hook raised.
        span.end(error=closed.__context__ or closed)
        raise
    except BaseException as error:
        span.end(error=error)
        raise
    finally:
        span.leave()
    if isinstance(result, OpenStream):  # It ends with the stream.
        return result._replace(span=span)
    span.end(result)
    return result


def _paid(session: Session, spending: Spending, call: Request, flow: Flow[T]) -> Flow[T]:
    model = str((call.body or {}).get("model"))
    price = spending.prices.get(model)
    if price is None:
        price = spending.prices[model] = yield from price_of(session, model)
    spending.take(price, model)
    try:
        return (yield from flow)
    except APIStatusError:  # Refused, so not billed. What broke on its way may be.
        spending.give_back(price)
        raise


def price_of(session: Session, model: str) -> Flow[int]:
    """Return what a completion costs: its endpoint's alias has a price on the leaderboard of its task.

    Raises:
        ParetaError: It has none, or was not told.
        ValueError: The endpoint has no task.

    """
    session = session.bare()
    endpoint = yield from send(session, RETRIEVE_ENDPOINT(model))
    leaderboard: Call[Any] = api.task_leaderboard(endpoint.task)
    for entry in (yield from send(session, leaderboard)).models:
        if entry.name == endpoint.model and entry.cost_per_request_micro_usd is not None:
            return int(entry.cost_per_request_micro_usd)
    raise ParetaError(
        f"The budget cannot be kept: {endpoint.model} has no price on the leaderboard of {endpoint.task}."
        " Nothing was sent. Use a client without budget_micro_usd."
    )
