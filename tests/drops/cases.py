"""What is done over a line that is cut, and what must have come of it: one endpoint, one debit, no wrong answer."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

import attrs

from pareta import APIConnectionError, ChatCompletion, DeployError, Endpoint, ParetaError

from .cutting import Cut

TASK = "contract-key-fields"
MODEL = "ep_a1b2c3"


@attrs.define
class Outcome:
    """What the caller got: a value or an error, and the text or the events that had come before it."""

    value: Any = None
    error: ParetaError | None = None
    text: str = ""
    events: list[dict[str, Any]] = attrs.field(factory=list)


@attrs.define
class Change:
    """What is different on the platform afterwards."""

    endpoints: list[str]
    """The ids of the endpoints that were not there before."""
    debit: int
    """Micro-USD."""
    keys: list[str] = attrs.field(factory=list, eq=False)
    """The idempotency key of each POST that the platform read whole."""


@attrs.frozen
class Whole:
    """The exchange of a call that nothing cuts, and what it costs."""

    up: bytes
    down: bytes
    debit: int

    @property
    def head(self) -> int:
        """How long the head of the answer is."""
        return self.down.index(b"\r\n\r\n") + 4

    @property
    def events(self) -> list[tuple[int, str, str]]:
        """Where each event of a streamed answer is complete, its name and its data."""
        return [
            (found.end(), (found[1] or b"message").decode(), found[2].decode())
            for found in re.finditer(rb"(?:event: (\w+)\n)?data: ([^\n]*)\n\n", self.down)
        ]


class Case:
    """One call over a line. `judge` is told how the line was cut, and raises AssertionError for a wrong end."""

    name: ClassVar[str]
    dead: ClassVar[bool] = False
    """Whether the line stays dead after the cut, and the client is told not to try again."""
    mute: ClassVar[bool] = False
    """Whether the server does not tell the endpoint's `Location`."""
    late: ClassVar[bool] = False
    """Whether it is cut after the head alone: until then it is what another case is."""
    used: ClassVar[bool] = False
    """Whether the connection that is cut has carried another call before, and was kept for this one."""

    def use(self, mode: Any, client: Any) -> None:
        """Make the call that comes before, over a whole line."""
        raise NotImplementedError

    def call(self, mode: Any, client: Any) -> Outcome:
        """Make the call."""
        try:
            return Outcome(self.made(mode, client))
        except ParetaError as error:
            return Outcome(error=error)

    def made(self, mode: Any, client: Any) -> Any:
        """Return what the call returns."""
        raise NotImplementedError

    def judge(self, outcome: Outcome, change: Change, cut: Cut, whole: Whole) -> None:
        """Hold what came of the call against what must come of it; `whole` is the exchange that nothing cuts."""
        raise NotImplementedError


class Deploy(Case):
    """A deployment whose line heals, of a server that says which endpoint it deploys: it is never lost."""

    name = "deploy"
    given: ClassVar[str | None] = None

    def made(self, mode: Any, client: Any) -> Any:
        """Deploy and wait."""
        return mode.run(client.endpoints.deploy(task=TASK, name=self.given, wait=True))

    def judge(self, outcome: Outcome, change: Change, cut: Cut, whole: Whole) -> None:
        """One endpoint, whatever was cut, and the call returns it."""
        self.returned(outcome, change)

    def returned(self, outcome: Outcome, change: Change) -> None:
        """Hold that the call returned the one endpoint that there is."""
        assert outcome.error is None, repr(outcome.error)
        assert isinstance(outcome.value, Endpoint)
        assert outcome.value.is_live
        assert outcome.value.task == TASK
        assert [outcome.value.id] == change.endpoints

    def stage(self, cut: Cut, whole: Whole) -> dict[str, Any] | None:
        """Return the last event that came before the cut."""
        events = [(name, data) for end, name, data in whole.events if end <= cut.at]
        return {"event": events[-1][0], "data": json.loads(events[-1][1])} if events else None


class UsedLineDeploy(Deploy):
    """The same over a connection that was kept from another call: it may be dead before a byte of this one is sent."""

    name = "deploy, used line"
    used = True

    def use(self, mode: Any, client: Any) -> None:
        """Ask for something small."""
        mode.run(client.models.list())


class NamedDeploy(Deploy):
    """The same with a name, of a server that says nothing: it is asked for by its name, and never lost."""

    name = "deploy, by name"
    given = "mine"
    mute = True

    def judge(self, outcome: Outcome, change: Change, cut: Cut, whole: Whole) -> None:
        """One endpoint, and the call returns it; it has the name."""
        self.returned(outcome, change)
        assert change.endpoints == ["mine"]


class NamelessDeploy(Deploy):
    """Without a name, of a server that says nothing: what is cut between head and `complete` cannot be asked for."""

    name = "deploy, not told which"
    mute = late = True

    def judge(self, outcome: Outcome, change: Change, cut: Cut, whole: Whole) -> None:
        """One endpoint; the call returns it, or a DeployError tells the stage and where to look."""
        *_, (complete, _, _) = whole.events
        if cut.at >= complete:
            self.returned(outcome, change)
            return
        assert len(change.endpoints) == 1
        assert isinstance(outcome.error, DeployError)
        assert outcome.error.last_event == self.stage(cut, whole)
        assert outcome.error.endpoint_id is None
        assert "endpoints.list()" in str(outcome.error)


class StrandedDeploy(Deploy):
    """A deployment whose line stays dead, and is not tried again."""

    name = "deploy, line dead"
    dead = True

    def judge(self, outcome: Outcome, change: Change, cut: Cut, whole: Whole) -> None:
        """At most one endpoint; an error, unless `complete` had come, and after the head it has the id."""
        *_, (complete, _, _) = whole.events
        if cut.direction == "down" and cut.at >= complete:
            self.returned(outcome, change)
            return
        if cut.direction == "up" and cut.at < len(whole.up):
            assert change.endpoints == []
        elif cut.direction == "up":  # The server may see the hang-up before it reads the request's last byte.
            assert len(change.endpoints) <= 1
        else:
            assert len(change.endpoints) == 1
        if cut.direction == "up" or cut.at < whole.head:
            assert isinstance(outcome.error, APIConnectionError), repr(outcome.error)
            assert "POST" in str(outcome.error)
            assert "If the request arrived, the deployment goes on: look with endpoints.list()." in str(outcome.error)
        else:
            assert isinstance(outcome.error, DeployError), repr(outcome.error)
            assert [outcome.error.endpoint_id] == change.endpoints
            assert outcome.error.last_event == self.stage(cut, whole)
            assert f"endpoints.retrieve({change.endpoints[0]!r})" in str(outcome.error)


class FollowedDeploy(Deploy):
    """A deployment whose events the caller goes through: lost before its head it is asked for again, then never."""

    name = "deploy, followed"

    def call(self, mode: Any, client: Any) -> Outcome:
        """Deploy, and go through what is told of it."""
        outcome = Outcome()
        try:
            for event in mode.each(mode.run(client.endpoints.deploy(task=TASK))):
                outcome.events.append(event)
        except ParetaError as error:
            outcome.error = error
        return outcome

    def judge(self, outcome: Outcome, change: Change, cut: Cut, whole: Whole) -> None:
        """One endpoint; every event, or after the head exactly those before the cut, and an error that says so."""
        (endpoint_id,) = change.endpoints
        events = [(end, {"event": name, "data": json.loads(data)}) for end, name, data in whole.events]
        complete, last = events[-1]
        assert (last["event"], last["data"]["endpoint"]["id"]) == ("complete", endpoint_id)
        came = [event for _, event in events]
        if cut.direction == "up" or cut.at < whole.head or cut.at >= complete:
            assert outcome.error is None, repr(outcome.error)
        else:
            came = [event for end, event in events if end <= cut.at]
            assert type(outcome.error) is APIConnectionError, repr(outcome.error)
            assert outcome.error.last_event == (came[-1] if came else None)
            assert f"look for endpoint {endpoint_id} " in str(outcome.error)
            assert len(change.keys) == 1, "it was sent again"
        assert outcome.events == came


class Chat(Case):
    """A completion whose answer comes in one piece: it is asked for again under its key."""

    name = "chat"
    asked: ClassVar[dict[str, Any]] = {
        "model": MODEL,
        "messages": [{"role": "user", "content": "Hello, hello!"}],
        "max_tokens": 3,
    }

    def made(self, mode: Any, client: Any) -> Any:
        """Ask."""
        return mode.run(client.chat.completions.create(**self.asked))

    def judge(self, outcome: Outcome, change: Change, cut: Cut, whole: Whole) -> None:
        """One debit, and the right answer."""
        assert outcome.error is None, repr(outcome.error)
        assert isinstance(outcome.value, ChatCompletion)
        assert outcome.value.to_dict() == json.loads(whole.down[whole.head :])
        assert change == Change([], whole.debit)


class UsedLineChat(Chat):
    """The same over a connection that was kept from another completion."""

    name = "chat, used line"
    used = True

    def use(self, mode: Any, client: Any) -> None:
        """Ask for the same: its answer must not be taken for the next one's."""
        self.made(mode, client)


class ChatStream(Case):
    """A completion in chunks: until its head is there it is asked for again, after that never."""

    name = "chat stream"

    def call(self, mode: Any, client: Any) -> Outcome:
        """Ask, and read what comes."""
        outcome = Outcome()
        try:
            stream = mode.run(client.chat.completions.create(**Chat.asked, stream=True))
            for chunk in mode.each(stream):
                outcome.text += (chunk.choices and chunk.choices[0].delta.content) or ""
        except ParetaError as error:
            outcome.error = error
        return outcome

    def judge(self, outcome: Outcome, change: Change, cut: Cut, whole: Whole) -> None:
        """One debit; the whole text, or after the head exactly what came before the cut, and an error that says so."""
        assert change == Change([], whole.debit)
        chunks = [(end, json.loads(data)) for end, _, data in whole.events if data != "[DONE]"]
        *_, (done, _, _) = whole.events
        if cut.direction == "up" or cut.at < whole.head or cut.at >= done:
            came = chunks
            assert outcome.error is None, repr(outcome.error)
        else:
            came = [(end, chunk) for end, chunk in chunks if end <= cut.at]
            assert type(outcome.error) is APIConnectionError, repr(outcome.error)
            assert outcome.error.last_event == (came[-1][1] if came else None)
        assert outcome.text == "".join(chunk["choices"][0]["delta"].get("content") or "" for _, chunk in came)


DEPLOYS = (Deploy(), UsedLineDeploy(), NamedDeploy(), NamelessDeploy(), StrandedDeploy(), FollowedDeploy())
CHATS = (Chat(), UsedLineChat(), ChatStream())
