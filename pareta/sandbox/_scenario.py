"""The syntax of the request header `x-sandbox-scenario`, which `Sandbox.fault` uses too.

Semicolons separate the parts: at most one name, and options written `key=value`.

| name | effect | options |
|---|---|---|
| `400` … `504` | returns that status; the operation does not run | `retry-after`, `should-retry`, `detail` |
| `reset` | resets the connection | `after` |
| `silence` | sends nothing until the client disconnects | `after` |
| `garbage` | sends bytes that are not HTTP, and closes the connection | `after` |
| `truncate` | runs the operation, sends half of the body or one event, and closes the connection | `after` |
| `deploy-fails` | accepts the deployment, which fails later | `message` |

Every name also has the option `delay`: seconds of real time to wait first. `delay` needs no name. With `after=N`, the
operation runs, N events of its stream or N bytes of its body are sent, and then the delay and the effect follow.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from attrs import frozen

from pareta.sandbox._messages import HTTPError, validation_error

HEADER = "x-sandbox-scenario"

ConnectionFault = Literal["reset", "truncate", "silence", "garbage"]

_DETAILS = {
    "400": "This request was asked to be bad.",
    "401": "Invalid or missing API key.",
    "402": "The balance is empty. Top up in the dashboard.",
    "403": "This key may not do this.",
    "404": "There is no such thing.",
    "408": "The request took too long.",
    "409": "The state of things does not allow it.",
    "422": "The request does not have the form that the document gives it.",
    "429": "Too many requests.",
    "500": "Something went wrong inside.",
    "502": "The provider gave no valid answer.",
    "503": "The service cannot answer now.",
    "504": "The provider gave no answer in time.",
}
_WITH_RETRY_AFTER = frozenset({"429", "503"})
_DEPLOY_FAILS = "deploy-fails"
_DEFAULT_FAILURE = "the model did not pass its health check"
_STRIKES: Mapping[str, ConnectionFault] = {
    "reset": "reset",
    "truncate": "truncate",
    "silence": "silence",
    "garbage": "garbage",
}
_NAMES = (*_DETAILS, *_STRIKES, _DEPLOY_FAILS)
_OF_STATUS = frozenset({"retry-after", "should-retry", "detail", "delay"})
_OF_DEPLOY = frozenset({"message", "delay"})
_OF_STRIKE = frozenset({"after", "delay"})
_LONGEST = 3600.0
_MOST = 10**9


@frozen
class Scenario:
    """A requested fault. `after` is None if it precedes the operation."""

    text: str
    error: HTTPError | None = None
    deploy_failure: str | None = None
    fault: ConnectionFault | None = None
    delay: float = 0.0
    after: int | None = None


def read(headers: Mapping[str, str], operation_id: str) -> Scenario | None:
    """Return the scenario in a request's header, or None; raise 400 if it is invalid."""
    text = headers.get(HEADER)
    if text is None:
        return None
    parts = [part.strip() for part in text.split(";")]
    names = [part for part in parts if part and "=" not in part]
    options = dict(_option(part) for part in parts if "=" in part)
    scenario = compose(names, options)
    check_operation(scenario, operation_id)
    return scenario


def compose(names: Sequence[str], options: Mapping[str, str]) -> Scenario:
    """Return the scenario with these names and options, or raise 400 if it is invalid."""
    text = "; ".join((*names, *(f"{key}={value}" for key, value in options.items())))
    if len(names) > 1 and set(names) <= set(_NAMES):
        raise HTTPError(400, f"A scenario has one name, not '{names[0]}' and '{names[1]}'.")
    name = next((each for each in names if each not in _NAMES), names[0] if names else None)
    if name not in (*_NAMES, None) or not text:
        raise HTTPError(400, f"Unknown scenario '{text if name is None else name}'. There are: {', '.join(_NAMES)}.")
    _refuse_unknown(options, _known(name))
    delay = _number(options, "delay", _LONGEST) or 0.0
    after = _number(options, "after", _MOST)
    if name is not None and name in _STRIKES:
        return Scenario(text, fault=_STRIKES[name], delay=delay, after=None if after is None else int(after))
    if name is None:
        return Scenario(text, delay=delay, after=None if after is None else int(after))
    if name == _DEPLOY_FAILS:
        return Scenario(text, deploy_failure=options.get("message", _DEFAULT_FAILURE), delay=delay)
    return Scenario(text, error=_error(name, options), delay=delay)


def check_operation(scenario: Scenario, operation_id: str | None) -> None:
    """Raise 400 if the scenario does not apply to the operation."""
    if scenario.deploy_failure is not None and operation_id not in {"deploy_endpoint", None}:
        raise HTTPError(400, f"The scenario '{_DEPLOY_FAILS}' is for deployments.")


def _known(name: str | None) -> frozenset[str]:
    if name is None or name in _STRIKES:
        return _OF_STRIKE
    return _OF_DEPLOY if name == _DEPLOY_FAILS else _OF_STATUS


def _error(name: str, options: Mapping[str, str]) -> HTTPError:
    headers: list[tuple[str, str]] = []
    retry_after = options.get("retry-after", "1" if name in _WITH_RETRY_AFTER else None)
    if retry_after is not None:
        headers.append(("retry-after", retry_after))
    if "should-retry" in options:
        headers.append(("x-should-retry", options["should-retry"]))
    if name == "401":
        headers.append(("www-authenticate", "Bearer"))
    detail = options.get("detail", _DETAILS[name])
    if name == "429" and "detail" not in options:
        detail = f"Too many requests. Try again in {retry_after} seconds."
    if name == "422":
        return HTTPError(422, validation_error(("header", HEADER), detail, "scenario").detail, tuple(headers))
    return HTTPError(int(name), detail, tuple(headers))


def _option(part: str) -> tuple[str, str]:
    key, _, value = part.partition("=")
    return key.strip(), value.strip()


def _number(options: Mapping[str, str], name: str, most: float) -> float | None:
    text = options.get(name)
    if text is None:
        return None
    try:
        value = float(text) if name == "delay" else int(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:
        raise HTTPError(400, f"The option '{name}' is a number from 0 to {most:.0f}, not '{text}'.")
    return value


def _refuse_unknown(options: Mapping[str, str], known: frozenset[str]) -> None:
    unknown = sorted(options.keys() - known)
    if unknown:
        raise HTTPError(400, f"Unknown option '{unknown[0]}'. This scenario has: {', '.join(sorted(known))}.")
