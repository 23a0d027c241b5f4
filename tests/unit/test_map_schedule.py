"""When a `map` sends which row, by a virtual clock and without sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count, pairwise
from typing import Any

import pytest
from virtual import response

from pareta import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    BudgetExceededError,
    InsufficientCreditsError,
    MapResult,
    ParetaError,
)
from pareta._policy.map_lanes import FIRST_WINDOW, LONGEST_PAUSE
from pareta._policy.map_rows import MapRow
from pareta._policy.map_schedule import AHEAD, GIVES_UP_AFTER, MapSchedule
from pareta._policy.map_settings import MapSettings
from pareta._spending import Spending

Outcome = tuple[float, Exception | None]
"""The seconds that a request takes, and its error."""


def refused(status: int = 429, **headers: str) -> Exception:
    """Return the error of a status."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return APIStatusError.of(response(status, {"detail": "no"}, **given))


class Run:
    """A server and a clock of the test's own, and what a schedule made of them."""

    def __init__(self, answer: Callable[[float, int], Outcome], **given: Any) -> None:
        self.spendings: list[Spending] = given.pop("spendings", [])
        prices = given.pop("prices", None)
        rows = given.pop("rows", 100)
        options = {
            "model": "m",
            "models": None,
            "prompt": None,
            "key": None,
            "concurrency": 4,
            "rps": None,
            "attempts": 3,
        }
        options |= {"ordered": True, "on_error": "yield", "budget_micro_usd": None, "wake": False, **given}
        settings = MapSettings.create(**options)
        self.schedule = MapSchedule(
            settings, prices or [10] * len(settings.models), most=200, spendings=self.spendings, random=lambda: 1.0
        )
        self.now = 0.0
        self.sent: list[tuple[float, int, str]] = []
        """When, which row, to which model."""
        self.keys: dict[int, set[str]] = {}
        self.woken: list[str] = []
        self.results: list[MapResult[int]] = []
        self.most_ahead = self.most_in_flight = 0
        self._answer = answer
        self._inputs: Iterator[int] = iter(range(rows))
        self._coming: list[tuple[float, int, MapRow]] = []
        self._tie = count()

    def go(self, until: float = 1e9, reads: int = 10**9) -> Run:
        """Run until the end, a time, or so many results."""
        schedule = self.schedule
        while len(self.results) < reads:
            while self._coming and self._coming[0][0] <= self.now:
                self._settle(heappop(self._coming)[2])
            self._fill()
            self.most_ahead = max(self.most_ahead, schedule.read - schedule.delivered)
            self.most_in_flight = max(self.most_in_flight, schedule.in_flight)
            result = schedule.pop()
            if result is not None:
                self.results.append(result)
                continue
            if schedule.over or self.now >= until:
                break
            seconds = schedule.seconds(self.now)
            times = [self._coming[0][0]] if self._coming else []
            self.now = min([*times, *([self.now + seconds] if seconds is not None else [])])
        return self

    def _settle(self, row: MapRow) -> None:
        lane = self.schedule.settle(row)
        if lane is not None:
            self.woken.append(lane.model)
            self.schedule.woken(lane, self.now, None)

    def _fill(self) -> None:
        while True:
            row = self.schedule.due(self.now)
            if row is None:
                lane = self.schedule.room(self.now)
                if lane is None:
                    return
                value = next(self._inputs, None)
                if value is None:
                    self.schedule.stop(drop=False)
                    return
                row = MapRow(index=value, value=value)
                if not self.schedule.admit(row, lane, self.now):
                    return
            self._send(row)

    def _send(self, row: MapRow) -> None:
        assert row.lane is not None
        self.sent.append((self.now, row.index, row.lane.model))
        self.keys.setdefault(row.index, set()).add(row.key)
        seconds, row.error = self._answer(self.now, row.index)
        row.ended = self.now + seconds
        if row.error is None:
            row.completion = object()  # type: ignore[assignment]  # What it is makes no difference here.
        heappush(self._coming, (row.ended, next(self._tie), row))


def always(seconds: float, error: Exception | None = None) -> Callable[[float, int], Outcome]:
    """Return a server that answers each request alike."""
    return lambda _now, _index: (seconds, error)


def test_a_fixed_window_is_kept_full() -> None:
    """So many requests are in flight all the time, and never one more."""
    run = Run(always(1.0)).go()
    assert run.most_in_flight == 4
    assert run.now == 25.0


def test_results_come_in_the_order_of_the_rows() -> None:
    """A row that takes long holds back those after it, and no more than a bound of them are read."""
    run = Run(lambda _now, index: (1000.0 if index == 0 else 0.1, None), rows=5000).go()
    assert [each.index for each in run.results] == list(range(5000))
    assert run.most_ahead == AHEAD + 4


def test_results_come_as_they_are_there() -> None:
    """Without an order, the row that takes long comes last."""
    run = Run(lambda _now, index: (1000.0 if index == 0 else 0.1, None), rows=5000, ordered=False).go()
    assert run.results[-1].index == 0
    assert sorted(each.index for each in run.results) == list(range(5000))


def test_requests_are_spread_over_the_second() -> None:
    """`rps` sets the distance between two requests, retries included."""
    run = Run(lambda now, index: (0.01, refused(500) if now == 0 else None), rps=10, rows=20).go()
    times = [now for now, _, _ in run.sent]
    assert len(times) == 21
    assert min(b - a for a, b in pairwise(times)) == pytest.approx(0.1)


def test_a_row_keeps_its_key_over_its_attempts() -> None:
    """All attempts of a row share one key, and no two rows do."""
    run = Run(lambda now, _index: (0.1, APIConnectionError("cut") if now < 0.3 else None)).go()
    assert all(len(keys) == 1 for keys in run.keys.values())
    assert len(set.union(*run.keys.values())) == 100
    assert {each.attempts for each in run.results} == {1, 2}


def test_a_row_is_sent_so_often_at_most() -> None:
    """After `attempts`, the last error is the result; the other rows go on."""
    run = Run(lambda _now, index: (0.1, refused(500) if index == 3 else None), attempts=3).go()
    errors = [each for each in run.results if each.error is not None]
    assert [(each.index, each.attempts, each.cost_micro_usd) for each in errors] == [(3, 3, 0)]
    assert len(run.results) == 100


def test_what_may_have_been_billed_is_not_called_free() -> None:
    """A broken connection leaves open whether a row was billed; a status says that it was not."""
    run = Run(lambda _now, index: (0.1, APIConnectionError("cut") if index == 3 else refused(400))).go()
    assert {each.index: each.cost_micro_usd for each in run.results if each.index < 5} == {
        0: 0,
        1: 0,
        2: 0,
        3: None,
        4: 0,
    }


def test_a_retry_after_pauses_all_once() -> None:
    """What was in flight at the first 429 is refused too, and does not make the pause longer."""

    def answer(now: float, index: int) -> Outcome:
        return (0.1 + index * 0.01, refused(429, retry_after="5")) if now == 0 else (0.1, None)

    run = Run(answer, concurrency=10).go()
    times = sorted({now for now, _, _ in run.sent})
    assert times[:2] == [0.0, pytest.approx(5.1)]
    assert all(each.error is None for each in run.results)
    again = {index: now for now, index, _ in run.sent}
    assert all(again[index] >= 5.1 + index * 0.01 for index in range(10))


def test_the_longest_retry_after_counts() -> None:
    """Where those in flight are asked to wait for unlike times, no request is sent before any of them is over."""

    def answer(now: float, index: int) -> Outcome:
        return (0.1 + index * 0.01, refused(429, retry_after="9" if index == 5 else "5")) if now == 0 else (0.1, None)

    run = Run(answer, concurrency=10).go()
    assert sorted({now for now, _, _ in run.sent})[1] == pytest.approx(9.15)


def test_refusals_do_not_use_up_attempts() -> None:
    """A row that is refused for minutes is answered in the end."""
    run = Run(lambda now, _index: (0.1, refused(429, retry_after="1") if now < 300 else None), attempts=2).go()
    assert all(each.error is None for each in run.results)


def test_an_outage_is_asked_about_and_not_stormed() -> None:
    """In thirty seconds without a server, every row survives, and a few requests more than rows are sent."""

    def answer(now: float, _index: int) -> Outcome:
        return (0.01, APIConnectionError("refused") if 5 <= now < 35 else None)

    run = Run(answer, concurrency=64, rows=100_000).go()
    assert all(each.error is None for each in run.results)
    assert len(run.sent) - 100_000 <= 64 + 10
    assert run.now < 35 + LONGEST_PAUSE + 100_000 / 64 * 0.01 + 10


def test_an_outage_without_end_ends_it() -> None:
    """After half an hour of failures the run ends by the last one, whatever is left."""
    run = Run(always(0.1, refused(503)), rows=10**6).go()
    assert isinstance(run.schedule.error, APIStatusError)
    assert GIVES_UP_AFTER < run.now < GIVES_UP_AFTER + 2 * LONGEST_PAUSE
    assert len(run.sent) < 200


def test_what_concerns_all_rows_ends_it() -> None:
    """An empty balance ends the run after the rows in flight; no further row is read."""
    run = Run(lambda _now, index: (0.1, refused(402) if index >= 50 else None)).go()
    assert isinstance(run.schedule.error, InsufficientCreditsError)
    assert len(run.results) == len(run.sent) <= 54
    assert [each.index for each in run.results if each.error is None] == list(range(50))


def test_a_budget_is_never_passed() -> None:
    """The row that would pass it is not sent, and the error says which one it was."""
    spending = Spending(255)
    run = Run(always(0.1), spendings=[spending]).go()
    assert len(run.results) == 25
    assert spending.spent == 250
    assert isinstance(run.schedule.error, BudgetExceededError)
    assert run.schedule.error.__notes__ == ["Rows before number 25 were sent; it and those after it were not."]


def test_a_budget_counts_a_row_once() -> None:
    """Attempts are not counted again, and refused rows are given back."""
    spending = Spending(10_000)

    def answer(now: float, index: int) -> Outcome:
        return (0.1, refused(400) if index % 2 else APIConnectionError("cut") if now == 0 else None)

    run = Run(answer, spendings=[spending]).go()
    assert len(run.results) == 100
    assert spending.spent == run.schedule.spent == 500


# The window that adapts.


class Server:
    """Answers so many requests side by side, the rest in turn, and refuses beyond a limit."""

    def __init__(self, slots: int, seconds: float, limit: int = 10**9) -> None:
        self._free = [0.0] * slots
        self._seconds = seconds
        self._limit = limit
        self._ends: list[float] = []
        self.refusals = 0

    def __call__(self, now: float, _index: int) -> Outcome:
        """Answer."""
        self._ends = [each for each in self._ends if each > now]
        if len(self._ends) >= self._limit:
            self.refusals += 1
            return 0.01, refused(429, retry_after="1")
        begin = max(now, heappop(self._free))
        heappush(self._free, begin + self._seconds)
        self._ends.append(begin + self._seconds)
        return begin + self._seconds - now, None


def test_the_window_grows_to_what_the_server_can_do() -> None:
    """A server with 64 places is kept busy, and its queue stays as long as its work or so."""
    run = Run(Server(64, 0.5), concurrency="auto", rows=20_000).go()
    assert 20_000 * 0.5 / run.now > 0.85 * 64
    assert 64 <= run.schedule.lanes[0].window.size <= 64 * 3
    assert run.most_in_flight <= 64 * 4


def test_the_window_shrinks_with_the_server() -> None:
    """Where a server loses places, the window follows."""
    server = Server(64, 0.5)
    run = Run(server, concurrency="auto", rows=40_000).go(reads=20_000)
    server._free = server._free[:8]
    size = run.schedule.lanes[0].window.size
    run.go()
    assert run.schedule.lanes[0].window.size < size / 2


@pytest.mark.parametrize("limit", [3, 20])
def test_a_limit_of_the_server_is_respected(limit: int) -> None:
    """A server that refuses beyond so many requests refuses few of many, and every row is answered."""
    server = Server(100, 0.2, limit=limit)
    run = Run(server, concurrency="auto", rows=20_000).go()
    assert all(each.error is None for each in run.results)
    assert server.refusals < 0.05 * 20_000
    assert run.schedule.lanes[0].window.size <= limit + 1


@pytest.mark.parametrize("headers", [{}, {"retry_after": "1"}, {"retry_after": "5"}], ids=str)
def test_a_storm_of_refusals_is_soon_forgotten(headers: dict[str, str]) -> None:
    """Half a minute of nothing but 429 costs few requests; ten seconds later, nearly all places are in use again."""
    server = Server(64, 0.5)

    def answer(now: float, index: int) -> Outcome:
        return (0.05, refused(429, **headers)) if 20 <= now < 50 else server(now, index)

    run = Run(answer, concurrency="auto", rows=10**6).go(until=20)
    sent = len(run.sent)
    run.go(until=50)
    assert len(run.sent) - sent < 400
    assert run.schedule.lanes[0].window.size == 1
    answered = len(run.go(until=60).results)
    assert len(run.go(until=70).results) - answered > 0.9 * 64 / 0.5 * 10


@pytest.mark.parametrize("headers", [{}, {"retry_after": "1"}], ids=str)
@pytest.mark.parametrize("every", [20, 5, 2])
def test_a_storm_that_refuses_a_part_is_soon_forgotten(every: int, headers: dict[str, str]) -> None:
    """Half a minute of 429 to each so manyth request; half a minute later, nearly all places are in use again."""
    server = Server(64, 0.5)

    asked = count()

    def answer(now: float, index: int) -> Outcome:
        refuses = 20 <= now < 50 and next(asked) % every == 0
        return (0.05, refused(429, **headers)) if refuses else server(now, index)

    run = Run(answer, concurrency="auto", rows=10**6).go(until=80)
    answered = len(run.results)
    assert len(run.go(until=90).results) - answered > 0.9 * 64 / 0.5 * 10


def test_a_server_that_shrinks_is_not_asked_for_its_old_size() -> None:
    """Where a limit falls, the window settles below it; the goal of the larger one is given up."""
    server = Server(100, 0.2, limit=100)
    run = Run(server, concurrency="auto", rows=10**6).go(until=20)
    server._limit = 10
    run.go(until=60)
    refusals, answered = server.refusals, len(run.results)
    run.go(until=120)
    assert server.refusals - refusals < 0.05 * (len(run.results) - answered)


def test_a_timeout_halves_the_window() -> None:
    """A timeout counts as a server that has too much to do, once for all requests of that time."""
    run = Run(lambda now, _index: (1.0, APITimeoutError("late") if now == 3.0 else None), concurrency="auto", rows=400)
    run.go(until=3.0)
    size = run.schedule.lanes[0].window.size
    assert size > FIRST_WINDOW
    run.go(until=4.0)
    assert run.schedule.lanes[0].window.size == size // 2


def test_a_window_that_is_not_used_does_not_grow() -> None:
    """Where the rows come slowly, more places are of no use."""
    run = Run(always(0.1), concurrency="auto", rps=20).go()
    assert run.schedule.lanes[0].window.size == FIRST_WINDOW


# Several endpoints.


def test_rows_go_to_the_endpoint_with_most_room() -> None:
    """An endpoint that is twice as quick gets twice the rows."""
    run = Run(always(0.0), model=None, models=["slow", "quick"], rows=3000)
    run._answer = lambda _now, _index: (0.2 if run.sent[-1][2] == "slow" else 0.1, None)
    run.go()
    shares = [sum(model == name for _, _, model in run.sent) for name in ("quick", "slow")]
    assert shares[0] / shares[1] == pytest.approx(2, rel=0.05)


def test_a_refused_row_may_go_elsewhere_under_another_key() -> None:
    """What an endpoint refuses, another answers; its key is another, since the request is."""
    run = Run(always(0.0), model=None, models=["full", "free"], rows=100)
    run._answer = lambda _now, _index: (0.1, refused(429, retry_after="60") if run.sent[-1][2] == "full" else None)
    run.go()
    assert all(each.error is None for each in run.results)
    moved = [index for _, index, model in run.sent if model == "full"]
    assert moved
    assert all(len(run.keys[index]) == 2 for index in moved)


def test_a_row_that_may_be_billed_stays() -> None:
    """Where the connection broke, the same endpoint is asked again under the same key."""
    run = Run(always(0.0), model=None, models=["a", "b"], rows=100)
    run._answer = lambda now, _index: (0.1, APIConnectionError("cut") if now == 0 else None)
    run.go()
    asked: dict[int, set[str]] = {}
    for _, index, model in run.sent:
        asked.setdefault(index, set()).add(model)
    assert all(len(models) == 1 for models in asked.values())
    assert len(run.sent) > 100


def test_a_stopped_endpoint_is_started_once() -> None:
    """`wake` starts it at the first refusal, whatever else is in flight; a second stop ends the run."""

    def answer(now: float, index: int) -> Outcome:
        stopped = now == 0 or index > 90
        return (0.1, refused(503, x_should_retry="false") if stopped else None)

    run = Run(answer, wake=True).go()
    assert run.woken == ["m"]
    assert isinstance(run.schedule.error, ParetaError)
    assert [each.index for each in run.results if each.error is None] == list(range(91))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"concurrency": 0}, "concurrency must be a whole number, 1 or more, not 0"),
        ({"concurrency": "many"}, "concurrency must be a whole number, 1 or more, not 'many'"),
        ({"rps": -1}, "rps must be a positive number"),
        ({"attempts": 0}, "attempts must be a whole number, 1 or more"),
        ({"on_error": "ignore"}, "on_error must be 'yield' or 'raise', not 'ignore'"),
        ({"budget_micro_usd": 0.5}, "budget_micro_usd must be a whole number"),
        ({"models": ["a"]}, "either model=, or models="),
        ({"model": None}, "either model=, or models="),
        ({"model": None, "models": []}, "needs the ids of endpoints"),
        ({"model": ""}, "needs the ids of endpoints"),
        ({"model": None, "models": ["a", "a"]}, "each once"),
    ],
)
def test_a_setting_that_is_none_is_refused(change: dict[str, Any], said: str) -> None:
    """The text says what the argument must be."""
    with pytest.raises(ValueError, match=said):
        Run(always(0.1), **change)
