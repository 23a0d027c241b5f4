"""Bugs for copies of the SDK: text replacements, each with the check that must find it."""

import attrs


@attrs.frozen(kw_only=True)
class Patch:
    """A replacement that makes a bug."""

    name: str
    file: str
    old: str
    new: str
    found_by: str
    part: str = "sending"
    """The part of the suite to run."""
    quick: bool = False
    """Whether it is in every test run; FULL=1 runs all."""

    def __str__(self) -> str:
        return self.name


PATCHES = (
    Patch(
        name="wrong path",
        quick=True,
        file="pareta_generated/api.py",
        old="""{quote_segment('endpoint_id', endpoint_id)}/stop\"""",
        new="""{quote_segment('endpoint_id', endpoint_id)}/start\"""",
        found_by="sdk-request-meant",
    ),
    Patch(
        name="lost parameter, async only",
        quick=True,
        file="pareta/_async/tasks.py",
        old="api.match_task(query=query, top_k=top_k)",
        new="api.match_task(query=query)",
        found_by="sdk-arguments-sent",
    ),
    Patch(
        name="undeclared parameter",
        file="pareta_generated/api.py",
        old='body=encode_body({"query": require("query", query), "top_k": top_k}),',
        new='body=encode_body({"query": require("query", query), "top_k": top_k, "limit": top_k}),',
        found_by="sdk-request-form",
    ),
    Patch(
        name="crash on an unknown enum",
        quick=True,
        file="pareta/_models.py",
        old="""        return self.status == "live\"""",
        new="""        return {"live": 1, "starting": 0, "stopped": 0, "failed": 0}[self.status or "failed"] == 1""",
        found_by="sdk-answers-read",
        part="reading",
    ),
    Patch(
        name="an integer that is 7.0 crashes",
        file="pareta_generated/json_values.py",
        old="""    return int(value) if isinstance(value, float) and value.is_integer() else None""",
        new="""    return value.__index__() if isinstance(value, float) else None""",
        found_by="sdk-answers-read",
        part="reading",
    ),
    Patch(
        name="retry without a key",
        quick=True,
        file="pareta/_policy/calls.py",
        old="    key = session.idempotency_key(call)\n",
        new="    key = None\n",
        found_by="sdk-one-key",
    ),
    Patch(
        name="dropped chunk",
        quick=True,
        file="pareta/_content/chat_stream.py",
        old="            self.last_event = raw\n            yield",
        new="            self.last_event = raw\n            if not self.accumulator.text():\n"
        "                continue\n            yield",
        found_by="sdk-streams-whole",
        part="streams",
    ),
    Patch(
        name="a truncated stream counts as complete",
        file="pareta/_content/chat_stream.py",
        old="        if not finished:",
        new="        if False:",
        found_by="sdk-streams-end",
        part="streams",
    ),
    Patch(
        name="a status is not retried",
        file="pareta/_policy/retry.py",
        old="frozenset({408, 409, 429, 500, 502, 503, 504})",
        new="frozenset({408, 429, 500, 502, 503, 504})",
        found_by="sdk-retries",
    ),
    Patch(
        name="wrong property",
        file="pareta_generated/models.py",
        old='types.parse_number(self._raw.get("quality"))',
        new='types.parse_number(self._raw.get("context_k"))',
        found_by="sdk-properties-true",
        part="reading",
    ),
    Patch(
        name="a wrong answer is not refused",
        file="pareta_generated/views.py",
        old='    if not is_array(raw):\n        raise origin.decode_error("$", "an array", raw)\n    if view is',
        new="    if view is",
        found_by="sdk-wrong-answers-refused",
        part="reading",
    ),
    Patch(
        name="the wrong exception",
        file="pareta/_exceptions.py",
        old="    codes = (402,)",
        new="    codes = (499,)",
        found_by="sdk-errors",
    ),
)
