"""`chat.completions.map()`: many rows, sync, on asyncio and on trio, against the sandbox and raw sockets."""

from __future__ import annotations

import asyncio
import gc
import json
import pickle
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from modes import AsyncioMode, Mode, SyncMode
from wire import PATIENCE, Peer, Wire, answer

from pareta import (
    APIResponseError,
    APITimeoutError,
    AsyncPareta,
    BadRequestError,
    BudgetExceededError,
    EndpointNotReadyError,
    InsufficientCreditsError,
    ParetaError,
    RateLimitError,
)
from pareta.integrations.ray import ChatCompletions, _client
from pareta.sandbox import Sandbox

MODEL = "ep_a1b2c3"
PRICE = 210
COMPLETION = {"id": "c", "object": "chat.completion", "choices": [{"index": 0, "message": {"content": "Yes."}}]}
Serve = Callable[..., Wire]


def completions(mode: Mode, sandbox: Sandbox, **options: Any) -> Any:
    """Return the completions of a client of the sandbox."""
    client = mode.client(sandbox.base_url, api_key=sandbox.api_key)
    return (client.with_options(**options) if options else client).chat.completions


def texts(count: int) -> Iterator[str]:
    """Yield rows that are all different."""
    return (f"Which number is it? It is number {number}." for number in range(count))


def sent(sandbox: Sandbox) -> list[Any]:
    """Return the completions that the sandbox was asked for."""
    return [each for each in sandbox.requests if each.path == "/v1/chat/completions"]


def test_each_row_is_answered_in_order(mode: Mode, sandbox: Sandbox) -> None:
    """Every row has its own answer, its place, what it took and what it cost, which is what was billed."""
    before = sandbox.balance
    results = list(mode.each(completions(mode, sandbox).map(texts(40), model=MODEL)))
    assert [each.index for each in results] == list(range(40))
    assert [each.row for each in results] == list(texts(40))
    assert [each.completion.choices[0].message.content for each in results] == [
        f"It is number {number}." for number in range(40)
    ]
    assert {(each.error, each.attempts, each.cost_micro_usd) for each in results} == {(None, 1, PRICE)}
    assert before - sandbox.balance == 40 * PRICE


def test_results_may_come_as_they_are_there(mode: Mode, sandbox: Sandbox) -> None:
    """Without an order, each row comes once."""
    results = mode.each(completions(mode, sandbox).map(texts(40), model=MODEL, ordered=False, concurrency=7))
    assert sorted(each.index for each in results) == list(range(40))


def test_rows_have_several_forms(mode: Mode, sandbox: Sandbox) -> None:
    """A text, messages, and a dict with messages, of which the other columns are not sent."""
    messages = [{"role": "user", "content": "Who signs? Alder signs."}]
    rows = ["Who signs? Alder signs.", messages, {"messages": messages, "id": 7, "user": "of the row"}]
    results = list(mode.each(completions(mode, sandbox).map(rows, model=MODEL, temperature=0)))
    assert [each.row for each in results] == rows
    bodies = [each.body for each in sent(sandbox)]
    assert bodies == [{"model": MODEL, "messages": messages, "temperature": 0}] * 3


def test_messages_may_be_an_array(mode: Mode, sandbox: Sandbox) -> None:
    """Ray and pandas make arrays of NumPy of lists: in a row, and as a row or what a function returns."""
    messages = np.array([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who? Alder."}])
    pa = completions(mode, sandbox)
    found = [*mode.each(pa.map([{"messages": messages}, messages], model=MODEL))]
    found += mode.each(pa.map([7], model=MODEL, prompt=lambda _row: {"messages": messages}))
    assert [each.completion.choices[0].message.content for each in found] == ["Alder."] * 3
    assert [each.body["messages"] for each in sent(sandbox)] == [messages.tolist()] * 3


def test_a_function_makes_the_prompt(mode: Mode, sandbox: Sandbox) -> None:
    """It returns the text, or keywords of `create`, which go over those for all rows."""
    rows = [{"name": "Alder", "tokens": 5}]
    pa = completions(mode, sandbox)
    for prompt in (
        lambda row: f"Who signs? {row['name']} signs.",
        lambda row: {"messages": [{"role": "user", "content": row["name"]}], "max_tokens": row["tokens"]},
    ):
        [result] = mode.each(pa.map(rows, model=MODEL, prompt=prompt, max_tokens=50))
        assert result.completion is not None
    assert [each.body["max_tokens"] for each in sent(sandbox)] == [50, 5]


def test_a_row_that_is_wrong_is_a_result(mode: Mode, sandbox: Sandbox) -> None:
    """It has an error and cost nothing; the others are answered."""
    rows = ["Who? Alder.", 7, {"text": "no messages"}, "When? In May."]
    results = list(mode.each(completions(mode, sandbox).map(rows, model=MODEL)))
    assert [each.error is None for each in results] == [True, False, False, True]
    assert str(results[1].error) == "a row must be a text, a list of messages, or a dict with messages, not int"
    assert [(each.attempts, each.cost_micro_usd) for each in results[1:3]] == [(0, 0)] * 2


def test_the_first_error_may_be_raised(mode: Mode, sandbox: Sandbox) -> None:
    """With `on_error="raise"`, the rows before it are delivered, and the error is raised in its place."""
    loop = mode.each(completions(mode, sandbox).map(["One.", {"no": "row"}, "Two."], model=MODEL, on_error="raise"))
    assert next(loop).row == "One."
    with pytest.raises(ValueError, match="a row must be a text"):
        next(loop)


def test_rows_are_read_as_they_are_sent(mode: Mode, sandbox: Sandbox) -> None:
    """An endless input is read a bounded number of rows ahead, and leaving the loop ends it."""
    read: list[int] = []

    def endless() -> Iterator[str]:
        while True:
            read.append(len(read))
            yield "Who? Alder."

    for result in mode.each(completions(mode, sandbox).map(endless(), model=MODEL, concurrency=4)):
        if result.index == 10:
            break
    assert len(read) <= 1000 + 4
    count = len(read)
    gc.collect()
    assert len(read) == count


def test_an_async_iterable_is_read(async_mode: AsyncioMode, sandbox: Sandbox) -> None:
    """Its rows are sent as they come, though the next one takes long."""
    more = threading.Event()

    async def rows() -> AsyncIterator[str]:
        yield "Who? Alder."
        while not more.is_set():
            await __import__("anyio").sleep(0.001)
        yield "When? In May."

    loop = async_mode.each(completions(async_mode, sandbox).map(rows(), model=MODEL))
    assert next(loop).index == 0
    more.set()
    assert [each.row for each in loop] == ["When? In May."]


def test_the_error_of_an_input_is_raised(mode: Mode, sandbox: Sandbox) -> None:
    """What reading the rows raises is raised to whoever reads the results."""

    def rows() -> Iterator[str]:
        yield "Who? Alder."
        raise KeyError("broken")

    for concurrency in (1, 2):  # The second row is read when the first is answered, or at once.
        with pytest.raises(KeyError, match="broken"):
            list(mode.each(completions(mode, sandbox).map(rows(), model=MODEL, concurrency=concurrency)))


def test_rows_are_read_in_the_context_of_who_reads_results(sandbox: Sandbox) -> None:
    """Rows that are read while it waits for an answer see its context variables too."""
    variable = ContextVar("variable", default=0)
    seen: list[int] = []

    def rows() -> Iterator[str]:
        for text in texts(4):
            seen.append(variable.get())
            yield text

    async def main() -> None:
        async with AsyncPareta(api_key=sandbox.api_key, base_url=sandbox.base_url) as pa:
            async for result in pa.chat.completions.map(rows(), model=MODEL, concurrency=1):
                variable.set(result.index + 1)

    asyncio.run(main())
    assert seen == [0, 0, 1, 2]


def test_blocking_code_reads_no_async_iterable(sandbox: Sandbox) -> None:
    """The text says which client does."""

    async def rows() -> AsyncIterator[str]:
        yield "Who? Alder."

    with sandbox.client() as pa, pytest.raises(TypeError, match="use AsyncPareta"):
        list(pa.chat.completions.map(rows(), model=MODEL))  # type: ignore[arg-type]


def test_a_misspelt_keyword_is_refused(mode: Mode, sandbox: Sandbox) -> None:
    """As with `create`, nothing is sent; an unknown field of the body is."""
    pa = completions(mode, sandbox)
    with pytest.raises(TypeError, match="did you mean temperature"):
        pa.map(["Who?"], model=MODEL, temprature=0)
    with pytest.raises(TypeError, match="did you mean extra_query"):
        pa.map(["Who?"], model=MODEL, extra_quer={})
    with pytest.raises(ValueError, match="model=, or models="):
        pa.map(["Who?"])
    assert sent(sandbox) == []


def test_faults_lose_no_row(mode: Mode, sandbox: Sandbox) -> None:
    """Resets, cut answers, 500s and a 429 are sent again under the row's key: each row is billed once."""
    for fault in ({"reset": True}, {"truncate": True}, {"status": 500}, {"status": 429, "retry_after": 0}):
        sandbox.fault("create_chat_completion", times=3, **fault)
    before = sandbox.balance
    results = list(mode.each(completions(mode, sandbox).map(texts(60), model=MODEL)))
    assert all(each.error is None for each in results)
    assert sum(each.attempts for each in results) == 60 + 12
    assert before - sandbox.balance == 60 * PRICE


def test_an_error_of_a_row_is_its_result(mode: Mode, wire: Serve) -> None:
    """A 400 is not sent again; the result has the exception."""
    server = wire(answer({"detail": "none"}, "404 Not Found"), answer({"detail": "odd"}, "400 Bad Request"))
    [result] = mode.each(mode.client(server.url).chat.completions.map(["Who?"], model="e"))
    assert isinstance(result.error, BadRequestError)
    assert (result.attempts, result.cost_micro_usd) == (1, 0)


def test_an_empty_balance_ends_it(mode: Mode, sandbox: Sandbox) -> None:
    """The rows before it are delivered, and what concerns all is raised: the rest is not read."""
    sandbox.balance = 20 * PRICE
    rows = texts(1000)
    delivered: list[Any] = []
    with pytest.raises(InsufficientCreditsError):
        delivered.extend(mode.each(completions(mode, sandbox).map(rows, model=MODEL, concurrency=4)))
    assert sum(each.error is None for each in delivered) == 20
    assert len(list(rows)) >= 1000 - 20 - 8


def test_a_budget_stops_before_it_is_passed(mode: Mode, sandbox: Sandbox) -> None:
    """What fits is answered and delivered; then the error says how far it got."""
    before = sandbox.balance
    delivered: list[Any] = []
    with pytest.raises(BudgetExceededError) as raised:
        delivered.extend(mode.each(completions(mode, sandbox).map(texts(100), model=MODEL, budget_micro_usd=2_300)))
    assert [each.index for each in delivered] == list(range(10))
    assert before - sandbox.balance == raised.value.spent_micro_usd == 2_100
    assert raised.value.__notes__ == ["Rows before number 10 were sent; it and those after it were not."]


def test_the_budget_of_the_client_is_kept_too(mode: Mode, sandbox: Sandbox) -> None:
    """`with_options(budget_micro_usd=…)` counts the rows of a map, each once, whatever its attempts."""
    sandbox.fault("create_chat_completion", reset=True, times=2)
    pa = completions(mode, sandbox, budget_micro_usd=5 * PRICE)
    with pytest.raises(BudgetExceededError):
        list(mode.each(pa.map(texts(100), model=MODEL)))
    assert len(sent(sandbox)) >= 5
    with pytest.raises(BudgetExceededError):
        mode.run(pa.create(model=MODEL, messages=[{"role": "user", "content": "Who?"}]))


def test_a_stopped_endpoint_ends_it(mode: Mode, sandbox: Sandbox) -> None:
    """Without `wake`, the error says what to do."""
    with pytest.raises(EndpointNotReadyError, match=r"endpoints\.start\(id\)"):
        list(mode.each(completions(mode, sandbox).map(texts(100), model="ep_d4e5f6")))


def test_a_stopped_endpoint_is_started_if_asked_to(mode: Mode, sandbox: Sandbox) -> None:
    """It is started once, and every row is answered."""
    results = list(mode.each(completions(mode, sandbox).map(texts(50), model="ep_d4e5f6", wake=True)))
    assert all(each.error is None for each in results)
    assert [each.path for each in sandbox.requests].count("/v1/endpoints/ep_d4e5f6/start") == 1


def test_rows_are_spread_over_endpoints(mode: Mode, sandbox: Sandbox) -> None:
    """Each row goes to one of `models`."""
    with sandbox.client() as pa:
        other = pa.endpoints.deploy(task="contract-key-fields", wait=True).id
    results = list(mode.each(completions(mode, sandbox).map(texts(60), models=[MODEL, other], concurrency=4)))
    models = [each.completion.model for each in results]
    assert set(models) == {MODEL, other}
    assert len(results) == 60


def test_what_can_be_seen_meanwhile(mode: Mode, sandbox: Sandbox) -> None:
    """The iterator counts what it did, for a line of progress."""
    results = completions(mode, sandbox).map(["One.", 2, "Three."], model=MODEL)
    assert (results.delivered, results.requests, results.concurrency) == (0, 0, 0)
    list(mode.each(results))
    assert (results.delivered, results.failed, results.requests, results.resumed) == (3, 1, 2, 0)
    assert (results.spent_micro_usd, results.in_flight) == (2 * PRICE, 0)
    assert results.concurrency > 0


def test_it_can_be_stopped_gently(mode: Mode, sandbox: Sandbox) -> None:
    """After `stop()`, the rows in flight are delivered, and no other is read."""
    results = completions(mode, sandbox).map(texts(1000), model=MODEL, concurrency=4)
    delivered = []
    for result in mode.each(results):
        delivered.append(result.index)
        if result.index == 5:
            results.stop()
    assert delivered == list(range(len(delivered)))
    assert 6 <= len(delivered) == len(sent(sandbox)) < 1000


def test_what_cannot_be_read_may_have_been_billed(mode: Mode, wire: Serve) -> None:
    """A row whose answer is no completion is not sent again, and what it cost is not known."""
    server = wire(answer({"detail": "none"}, "404 Not Found"), answer(["no", "object"]))
    (result,) = mode.each(mode.client(server.url).chat.completions.map(texts(1), model="e"))
    assert isinstance(result.error, APIResponseError)
    assert (result.attempts, result.cost_micro_usd) == (1, None)


def test_a_signal_stops_it_while_it_waits(mode: Mode, sandbox: Sandbox) -> None:
    """Stopped by a signal during a pause of minutes, it delivers what failed so far, and ends at once."""
    sandbox.fault("create_chat_completion", status=429, retry_after=300, times=9)
    results = completions(mode, sandbox).map(texts(1000), model=MODEL, concurrency=4)
    before = signal.signal(signal.SIGALRM, lambda *_: results.stop())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        found = list(mode.each(results))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert [type(each.error) for each in found] == [RateLimitError] * 4
    assert len(sent(sandbox)) == 4


class Holding:
    """A step of a server that answers nothing, and knows how many clients came and hung up."""

    def __init__(self) -> None:
        self.came = threading.Semaphore(0)
        self.gone = threading.Semaphore(0)

    def __call__(self, peer: Peer) -> None:
        """Hold."""
        self.came.release()
        peer.hold()
        self.gone.release()


def test_leaving_the_loop_ends_what_is_in_flight(async_mode: AsyncioMode, wire: Serve) -> None:
    """The requests that are still open are hung up on."""
    holding = Holding()
    server = wire(answer({"detail": "none"}, "404 Not Found"), answer(COMPLETION), holding)
    pa = async_mode.client(server.url).chat.completions
    for _ in async_mode.each(pa.map(texts(9), model="e", concurrency=3, ordered=False)):
        assert all(async_mode.wait(_acquired(holding.came), PATIENCE) for _ in range(2))
        break
    gc.collect()
    assert all(async_mode.wait(_acquired(holding.gone), PATIENCE) for _ in range(2))


def _acquired(semaphore: threading.Semaphore) -> threading.Event:
    event = threading.Event()
    threading.Thread(target=lambda: semaphore.acquire(timeout=PATIENCE) and event.set(), daemon=True).start()
    return event


def test_a_cancelled_task_ends_what_is_in_flight(wire: Serve) -> None:
    """Cancelling the task that reads the results hangs up on all requests."""
    holding = Holding()
    server = wire(answer({"detail": "none"}, "404 Not Found"), holding)

    async def main() -> None:
        async with AsyncPareta(api_key="pareta_sk_x", base_url=server.url) as pa:

            async def read() -> None:
                async for _ in pa.chat.completions.map(texts(9), model="e", concurrency=3):
                    pass

            task = asyncio.create_task(read())
            await asyncio.to_thread(server.await_requests, 4)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            for _ in range(3):
                assert await asyncio.to_thread(holding.gone.acquire, timeout=10)

    asyncio.run(main())


def test_closing_it_waits_until_all_has_ended(async_mode: AsyncioMode, wire: Serve) -> None:
    """After the block, no task of it is left, and it yields nothing more."""
    server = wire(answer({"detail": "none"}, "404 Not Found"), answer(COMPLETION), Holding())
    results = async_mode.client(server.url).chat.completions.map(texts(9), model="e", concurrency=3, ordered=False)
    with async_mode.entered(results):
        assert next(async_mode.each(results)).completion is not None
    assert results._run.workers._running == set()
    assert list(async_mode.each(results)) == []


def test_a_timeout_is_for_each_request(mode: Mode, wire: Serve) -> None:
    """A silent server costs `attempts` timeouts; the result has the last one."""
    server = wire(answer({"detail": "none"}, "404 Not Found"), Holding())
    pa = mode.client(server.url).chat.completions
    [result] = mode.each(pa.map(["Who?"], model="e", timeout=0.1, attempts=2))
    assert isinstance(result.error, APITimeoutError)
    assert (result.attempts, result.cost_micro_usd) == (2, None)
    keys = {each.headers["idempotency-key"] for each in server.received[1:]}
    assert len(keys) == 1


# Journals.


def lines(path: Path) -> list[Any]:
    """Return the lines of a journal, without its head."""
    return [json.loads(each) for each in path.read_text("utf-8").splitlines()[1:]]


def through(mode: Mode, sandbox: Sandbox, rows: Iterable[Any], path: Path, **options: Any) -> list[Any]:
    """Return the results of a map with a journal."""
    return list(mode.each(completions(mode, sandbox).map(rows, **{"model": MODEL, "journal": path, **options})))


def test_a_journal_answers_in_the_servers_place(mode: Mode, sandbox: Sandbox, tmp_path: Path) -> None:
    """The second run yields the same, in order, sends nothing for it and goes on with the rows that are new."""
    path = tmp_path / "journal.jsonl"
    first = through(mode, sandbox, texts(30), path)
    count = len(sent(sandbox))
    results = completions(mode, sandbox).map(texts(40), model=MODEL, journal=path)
    again = list(mode.each(results))
    assert [each.completion.to_dict() for each in again[:30]] == [each.completion.to_dict() for each in first]
    assert [(each.index, each.cost_micro_usd) for each in again] == [(index, PRICE) for index in range(40)]
    assert (results.resumed, results.spent_micro_usd) == (30, 10 * PRICE)
    assert len(sent(sandbox)) - count == 10
    assert sorted(each["index"] for each in lines(path)) == list(range(40))


def test_a_row_that_failed_is_sent_again(mode: Mode, sandbox: Sandbox, tmp_path: Path) -> None:
    """Errors are not in the journal; the next run has the same key for the row, so it is billed once."""
    path = tmp_path / "journal.jsonl"
    before = sandbox.balance
    sandbox.fault("create_chat_completion", truncate=True)  # Billed, and lost on its way.
    results = through(mode, sandbox, texts(10), path, attempts=1)
    assert sum(each.error is not None for each in results) == 1
    assert len(lines(path)) == 9
    assert all(each.error is None for each in through(mode, sandbox, texts(10), path))
    assert before - sandbox.balance == 10 * PRICE


def test_a_torn_line_is_mended(mode: Mode, sandbox: Sandbox, tmp_path: Path) -> None:
    """A journal that is cut at any byte goes on from its last whole line, and nothing is billed twice."""
    path = tmp_path / "journal.jsonl"
    before = sandbox.balance
    through(mode, sandbox, texts(3), path)
    whole = path.read_bytes()
    for size in (len(whole) - 1, len(whole) - 40, whole.index(b"\n") + 1, whole.index(b"\n") + 9):
        path.write_bytes(whole[:size])
        assert all(each.error is None for each in through(mode, sandbox, texts(3), path))
        assert sorted(each["index"] for each in lines(path)) == [0, 1, 2]
    assert before - sandbox.balance == 3 * PRICE


@pytest.mark.parametrize("size", [0, 1, 20, 60])
def test_a_journal_that_was_never_begun_is_begun(mode: Mode, sandbox: Sandbox, tmp_path: Path, size: int) -> None:
    """An empty file and a head that is torn have nothing that could be lost."""
    path = tmp_path / "journal.jsonl"
    through(mode, sandbox, texts(1), path)
    path.write_bytes(path.read_bytes()[:size])
    assert len(through(mode, sandbox, texts(2), path)) == 2
    assert len(lines(path)) == 2


def test_a_journal_of_other_inputs_is_refused(mode: Mode, sandbox: Sandbox, tmp_path: Path) -> None:
    """A row that differs, fewer rows, another model and another parameter are a ValueError that says so."""
    path = tmp_path / "journal.jsonl"
    through(mode, sandbox, texts(3), path)
    count = len(sent(sandbox))
    with pytest.raises(ValueError, match="written for other inputs: row 1 differs"):
        through(mode, sandbox, ["Which number is it? It is number 0.", "Another."], path)
    with pytest.raises(ValueError, match="it has a row 2, and there are only 2"):
        through(mode, sandbox, texts(2), path)
    for options in ({"model": "ep_seed01"}, {"temperature": 1}, {"extra_body": {"top_k": 1}}):
        with pytest.raises(ValueError, match="written with another model, or other parameters"):
            through(mode, sandbox, texts(3), path, **options)
    assert len(sent(sandbox)) == count


def test_a_file_that_is_no_journal_is_left_alone(mode: Mode, sandbox: Sandbox, tmp_path: Path) -> None:
    """A path that was mistaken is refused, and the file stays as it was."""
    for content in (b'{"messages": []}\n', b"a letter", b'{"pareta_map_journal": 2, "id": "x"}\n'):
        path = tmp_path / "letter.txt"
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"letter\.txt is no journal"):
            through(mode, sandbox, texts(3), path)
        assert path.read_bytes() == content


def test_two_runs_do_not_share_a_journal(mode: Mode, sandbox: Sandbox, tmp_path: Path) -> None:
    """The second is refused while the first one lives, and not after it."""
    path = tmp_path / "journal.jsonl"
    first = mode.each(completions(mode, sandbox).map(texts(30), model=MODEL, journal=path))
    next(first)
    with pytest.raises(ParetaError, match="is in use"):
        through(mode, sandbox, texts(30), path)
    del first
    gc.collect()
    assert len(through(mode, sandbox, texts(30), path)) == 30


def test_a_journal_of_several_endpoints_knows_who_was_asked(mode: Mode, sandbox: Sandbox, tmp_path: Path) -> None:
    """A row that was in flight when the process died goes to the same endpoint again."""
    path = tmp_path / "journal.jsonl"
    with sandbox.client() as pa:
        other = pa.endpoints.deploy(task="contract-key-fields", wait=True).id
    models = {"model": None, "models": [MODEL, other], "concurrency": 3}
    before = sandbox.balance
    through(mode, sandbox, texts(30), path, **models)
    spent = before - sandbox.balance
    kept = [line for line in path.read_bytes().splitlines(keepends=True) if b"completion" not in line]
    path.write_bytes(b"".join(kept))
    assert all(each.error is None for each in through(mode, sandbox, texts(30), path, **models))
    assert before - sandbox.balance == spent


def test_sync_rows_are_read_in_the_callers_thread(sandbox: Sandbox) -> None:
    """A cursor of a database that is bound to its thread can be mapped."""
    mode = SyncMode()
    threads: set[int] = set()

    def rows() -> Iterator[str]:
        for text in texts(20):
            threads.add(threading.get_ident())
            yield text

    assert len(list(completions(mode, sandbox).map(rows(), model=MODEL))) == 20
    assert threads == {threading.get_ident()}
    mode.end()


# Names, and batches of columns.


def test_a_named_row_is_billed_once(mode: Mode, sandbox: Sandbox) -> None:
    """Another run that sends it again has its key; another prompt under the same name has another key."""
    before = sandbox.balance
    rows = [{"id": number, "messages": [{"role": "user", "content": "Who? Alder."}]} for number in range(5)]
    pa = completions(mode, sandbox)
    for _ in range(2):
        assert len(list(mode.each(pa.map(rows, model=MODEL, key=lambda row: row["id"])))) == 5
    assert before - sandbox.balance == 5 * PRICE
    list(mode.each(pa.map(rows, model=MODEL, key=lambda row: row["id"], temperature=1)))
    assert before - sandbox.balance == 10 * PRICE


def test_batches_of_columns_are_answered(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Ray's workers do it: unpickled, with the key of the environment, and run again, a batch is billed once."""
    monkeypatch.setenv("PARETA_API_KEY", sandbox.api_key)
    monkeypatch.setenv("PARETA_BASE_URL", sandbox.base_url)
    _client.cache_clear()
    answers = ChatCompletions(model=MODEL, id_column="id")
    before = sandbox.balance
    messages = [{"role": "user", "content": "Who? Alder."}]
    for _ in range(2):
        worker = pickle.loads(pickle.dumps(answers))
        columns = worker({"id": [1, 2, 3], "messages": [messages, messages, None]})
    assert columns["id"] == [1, 2, 3]
    assert columns["answer"] == ["Alder.", "Alder.", None]
    assert columns["error"][2].startswith("ValueError: a row must be a text")
    assert (columns["attempts"], columns["cost_micro_usd"]) == ([1, 1, 0], [PRICE, PRICE, 0])
    assert before - sandbox.balance == 2 * PRICE
    alike = ChatCompletions(model=MODEL)
    alike({"messages": [messages, messages]})
    assert before - sandbox.balance == 4 * PRICE
    for _ in range(2):  # As two actors, or two runs of a program.
        ChatCompletions(model=MODEL, id_column="id", run="of May")({"id": [1], "messages": [messages]})
    assert before - sandbox.balance == 5 * PRICE
    _client().close()
    _client.cache_clear()
