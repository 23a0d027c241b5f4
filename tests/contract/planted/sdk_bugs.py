"""Bugs for copies of the SDK: text replacements, each with the test that must find it."""

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
    """The module of tests/conformance to run."""
    quick: bool = False
    """Whether it is in every test run; FULL=1 runs all."""

    def __str__(self) -> str:
        return self.name


PATCHES = (
    Patch(
        name="wrong path",
        file="pareta_generated/api.py",
        old="""{quote_segment('endpoint_id', endpoint_id)}/stop\"""",
        new="""{quote_segment('endpoint_id', endpoint_id)}/start\"""",
        found_by="test_a_call_sends_its_arguments_to_its_operation",
    ),
    Patch(
        name="lost parameter, async only",
        quick=True,
        file="pareta/_async/tasks.py",
        old="api.match_task(query=query, top_k=top_k)",
        new="api.match_task(query=query)",
        found_by="test_a_call_sends_its_arguments_to_its_operation",
    ),
    Patch(
        name="undeclared parameter",
        file="pareta_generated/api.py",
        old='body=encode_body({"query": require("query", query), "top_k": top_k}),',
        new='body=encode_body({"query": require("query", query), "top_k": top_k, "limit": top_k}),',
        found_by="test_a_call_sends_its_arguments_to_its_operation",
    ),
    Patch(
        name="crash on an unknown enum",
        quick=True,
        file="pareta/_models.py",
        old="""        return self.status == "live\"""",
        new="""        return {"live": 1, "starting": 0, "stopped": 0, "failed": 0}[self.status or "failed"] == 1""",
        found_by="test_every_body_of_this_or_a_newer_server_is_read",
        part="reading",
    ),
    Patch(
        name="an integer that is 7.0 crashes",
        file="pareta_generated/json_values.py",
        old="""    return int(value) if isinstance(value, float) and value.is_integer() else None""",
        new="""    return value.__index__() if isinstance(value, float) else None""",
        found_by="test_every_body_of_this_or_a_newer_server_is_read",
        part="reading",
    ),
    Patch(
        name="retry without a key",
        file="pareta/_policy/calls.py",
        old="    key = session.idempotency_key(call)\n",
        new="    key = None\n",
        found_by="test_all_attempts_of_a_call_have_one_idempotency_key",
    ),
    Patch(
        name="dropped chunk",
        quick=True,
        file="pareta/_content/chat_stream.py",
        old="            self.last_event = raw\n            yield",
        new="            self.last_event = raw\n            if not self.accumulator.text():\n"
        "                continue\n            yield",
        found_by="test_every_chunk_of_a_completion_arrives",
        part="streams",
    ),
    Patch(
        name="a truncated stream counts as complete",
        file="pareta/_content/chat_stream.py",
        old="        if not finished:",
        new="        if False:",
        found_by="test_a_completion_that_does_not_end_raises",
        part="streams",
    ),
    Patch(
        name="a status is not retried",
        file="pareta/_policy/retry.py",
        old="frozenset({408, 409, 429, 500, 502, 503, 504})",
        new="frozenset({408, 429, 500, 502, 503, 504})",
        found_by="test_a_status_raises_its_exception",
    ),
    Patch(
        name="wrong property",
        file="pareta_generated/models.py",
        old='types.parse_number(self._raw.get("quality"))',
        new='types.parse_number(self._raw.get("context_k"))',
        found_by="test_each_property_has_the_value_of_the_json",
        part="reading",
    ),
    Patch(
        name="a wrong answer is not refused",
        file="pareta_generated/types.py",
        old='    if not is_array(raw):\n        raise origin.decode_error("$", "an array", raw)\n    if view is',
        new="    if view is",
        found_by="test_a_wrong_body_raises_one_exception",
        part="reading",
    ),
    Patch(
        name="the wrong exception",
        file="pareta/_status_errors.py",
        old="    codes = (402,)",
        new="    codes = (499,)",
        found_by="test_a_status_raises_its_exception",
    ),
)
