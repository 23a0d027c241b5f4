"""Rare answers on demand: what the request header `x-sandbox-scenario` asks for.

`429; retry-after=2` answers with a status, before the operation does anything. Options: `retry-after` in seconds,
`should-retry` (`true` or `false`) and `detail`. `deploy-fails; message=...` lets a deployment fail after it began.
"""

from collections.abc import Mapping

from attrs import frozen

from pareta.sandbox._http import Problem, invalid

HEADER = "x-sandbox-scenario"

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
_OPTIONS = frozenset({"retry-after", "should-retry", "detail"})


@frozen
class Scenario:
    """What to do out of the ordinary: answer with a problem, or let a deployment fail with a message."""

    problem: Problem | None = None
    deploy_failure: str | None = None


def read(headers: Mapping[str, str], operation_id: str) -> Scenario | None:
    """Return the scenario that a request of an operation asks for, or raise 400 where there is none such."""
    text = headers.get(HEADER)
    if text is None:
        return None
    name, *rest = (part.strip() for part in text.split(";"))
    options = dict(_option(part) for part in rest if part)
    if name == _DEPLOY_FAILS:
        _refuse_unknown(options, frozenset({"message"}))
        if operation_id != "deploy_endpoint":
            raise Problem(400, f"The scenario '{name}' is for deployments.")
        return Scenario(deploy_failure=options.get("message", _DEFAULT_FAILURE))
    if name not in _DETAILS:
        raise Problem(400, f"Unknown scenario '{name}'. There are: {', '.join((*_DETAILS, _DEPLOY_FAILS))}.")
    _refuse_unknown(options, _OPTIONS)
    return Scenario(problem=_problem(name, options))


def _problem(name: str, options: Mapping[str, str]) -> Problem:
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
        return Problem(422, invalid(("header", HEADER), detail, "scenario").detail, tuple(headers))
    return Problem(int(name), detail, tuple(headers))


def _option(part: str) -> tuple[str, str]:
    key, equals, value = part.partition("=")
    if not equals:
        raise Problem(400, f"A scenario's options are written key=value, not '{part}'.")
    return key.strip(), value.strip()


def _refuse_unknown(options: Mapping[str, str], known: frozenset[str]) -> None:
    unknown = sorted(options.keys() - known)
    if unknown:
        raise Problem(400, f"Unknown option '{unknown[0]}'. This scenario has: {', '.join(sorted(known))}.")
