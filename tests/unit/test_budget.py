"""The retry budget: what the calls of a client may spend on retries together."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
from virtual import Virtual, response

from pareta import APIConnectionError, APIStatusError, Pareta
from pareta._content.exchange import TransportError
from pareta._models import LIST_MODELS
from pareta._policy import calls
from pareta._policy.retry import RetryBudget

MODELS = response(body={"data": []})
RESET = TransportError("connection", "reset by peer")


def test_six_retries_and_no_more() -> None:
    """A full budget has six retries in it."""
    budget = RetryBudget()
    assert [budget.take(2) for _ in range(8)] == [True] * 6 + [False] * 2


def test_ten_successes_are_a_retry() -> None:
    """Each success gives back a tenth, and never more than was taken."""
    budget = RetryBudget()
    for _ in range(50):
        budget.succeed()
    while budget.take(2):
        pass
    for _ in range(9):
        budget.succeed()
    assert not budget.take(2)
    budget.succeed()
    assert [budget.take(2), budget.take(2)] == [True, False]


def test_a_call_with_more_retries_may_make_them_all() -> None:
    """The capacity is the most retries of the call, where these are more than six."""
    budget = RetryBudget()
    assert [budget.take(9) for _ in range(10)] == [True] * 9 + [False]
    assert not budget.take(2)


def test_another_process_begins_with_a_full_budget() -> None:
    """What was spent is this process's own."""
    budget = RetryBudget()
    while budget.take(2):
        pass
    for other in (pickle.loads(pickle.dumps(budget)), copy.deepcopy(budget)):
        assert other.take(2)


def test_threads_share_a_budget() -> None:
    """Thirty-two threads at once overdraw it by next to nothing."""
    budget = RetryBudget()
    with ThreadPoolExecutor(32) as pool:
        taken = sum(pool.map(lambda _: budget.take(100), range(1_000)))
    assert 100 <= taken <= 132


def test_an_empty_budget_ends_the_retries_at_once() -> None:
    """When it is spent, a failure is raised without a wait and says why; a success makes room again."""
    virtual = Virtual([RESET])
    session = virtual.session()
    for retries in (2, 2, 2, 0, 0):
        virtual.slept.clear()
        with pytest.raises(APIConnectionError) as caught:
            virtual.run(calls.send(session, LIST_MODELS()))
        assert len(virtual.slept) == retries
        assert getattr(caught.value, "__notes__", []) == ([calls._BUDGET_SPENT] if retries == 0 else [])
    virtual.steps = [MODELS]
    for _ in range(10):
        virtual.run(calls.send(session, LIST_MODELS()))
    virtual.steps, virtual.slept[:] = [response(503)], []
    with pytest.raises(APIStatusError) as status:
        virtual.run(calls.send(session, LIST_MODELS()))
    assert len(virtual.slept) == 1
    assert status.value.__notes__ == [calls._BUDGET_SPENT]


def test_a_final_refusal_does_not_speak_of_the_budget() -> None:
    """What would not have been tried again anyway carries no note."""
    virtual = Virtual([RESET, RESET, RESET, RESET, RESET, RESET, RESET, RESET, RESET, response(404)])
    session = virtual.session()
    for _ in range(3):
        with pytest.raises(APIConnectionError):
            virtual.run(calls.send(session, LIST_MODELS()))
    with pytest.raises(APIStatusError) as caught:
        virtual.run(calls.send(session, LIST_MODELS()))
    assert not hasattr(caught.value, "__notes__")


def test_the_views_of_a_client_share_its_budget() -> None:
    """`with_options` makes no second budget, and another client has its own."""
    with Pareta(api_key="k") as client, Pareta(api_key="k") as other:
        view = client.with_options(max_retries=5).with_options(deadline=3)
        assert view._requester.session.budget is client._requester.session.budget
        assert other._requester.session.budget is not client._requester.session.budget
