"""`pareta map`: what is read and written, what is refused, and how a run that was ended goes on."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from terminal import PROGRAM

from pareta.sandbox import Sandbox

MODEL = "ep_a1b2c3"
PRICE = 210
ASKED = "create_chat_completion"
READ: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
    ".jsonl": lambda path: [json.loads(line) for line in path.read_text("utf-8").splitlines()],
    ".csv": lambda path: list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline=""))),
    ".parquet": lambda path: pq.read_table(path).to_pylist(),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run each test in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(count: int) -> list[dict[str, Any]]:
    """Return rows that are all different."""
    return [{"id": number, "prompt": f"Which number is it? It is {number}, é\n."} for number in range(count)]


def write(path: str, given: list[Any]) -> None:
    """Write rows to a file."""
    match Path(path).suffix:
        case ".jsonl":
            Path(path).write_text("".join(f"{json.dumps(row)}\n" for row in given), "utf-8")
        case ".csv":
            with Path(path).open("w", encoding="utf-8", newline="") as file:
                lines = csv.DictWriter(file, given[0])
                lines.writeheader()
                lines.writerows(given)
        case _:
            pq.write_table(pa.Table.from_pylist(given), path)


def asked(sandbox: Sandbox) -> list[Any]:
    """Return the bodies of the completions that the sandbox was asked for."""
    return [each.body for each in sandbox.requests if each.operation == ASKED]


@pytest.mark.parametrize("target", READ)
@pytest.mark.parametrize("source", READ)
def test_rows_get_their_answers(pareta: Callable, sandbox: Sandbox, folder: Path, source: str, target: str) -> None:
    """Every row of a file stands in the other one, in order, with what it was answered, tried and billed."""
    write(f"in{source}", rows(30))
    done = pareta("map", f"in{source}", f"out{target}", "-m", MODEL)
    assert done.code == 0
    assert done.out.splitlines()[:2] == ["rows         30", "answered     30"]
    assert "cost         $0.006300" in done.out
    found = READ[target](folder / f"out{target}")
    assert [int(each["id"]) for each in found] == list(range(30))
    assert [each["prompt"] for each in found] == [each["prompt"] for each in rows(30)]
    assert [each["answer"] for each in found] == [f"It is {number}, é" for number in range(30)]
    assert {(each["error"] or None, int(each["attempts"]), int(each["cost_micro_usd"])) for each in found} == {
        (None, 1, PRICE)
    }
    assert sorted(path.name for path in folder.glob("out*")) == [f"out{target}", f"out{target}.journal"]


def test_lines_of_json_have_several_forms(pareta: Callable, sandbox: Sandbox, folder: Path) -> None:
    """A line is a text, messages, or an object, whose parameters of a completion are sent and whose rest is not."""
    messages = [{"role": "user", "content": "Who? Alder signs."}]
    write("in.jsonl", ["Who? Alder signs.", messages, {"messages": messages, "max_tokens": 1, "id": "a", "user": None}])
    assert pareta("map", "in.jsonl", "out.jsonl", "-m", MODEL, "--concurrency", "1", "-s", "Be brief.").code == 0
    sent = [{"role": "system", "content": "Be brief."}, *messages]
    assert asked(sandbox) == [{"model": MODEL, "messages": sent}] * 2 + [
        {"model": MODEL, "messages": sent, "max_tokens": 1}
    ]
    found = READ[".jsonl"](folder / "out.jsonl")
    assert [next(iter(each)) for each in found] == ["prompt", "messages", "messages"]
    assert [each["completion"]["choices"][0]["finish_reason"] for each in found] == ["stop", "stop", "length"]


def test_parquet_keeps_its_types(pareta: Callable, folder: Path) -> None:
    """Messages and numbers of Parquet stay what they are, and nulls of a struct are not sent."""
    messages = [
        {"role": "user", "content": "Who? Alder signs.", "name": None},
        {"role": "user", "content": "Go.", "name": "a"},
    ]
    write("in.parquet", [{"id": 1, "messages": messages, "weight": 0.5}])
    assert pareta("map", "in.parquet", "out.parquet", "-m", MODEL).code == 0
    found = pq.read_table(folder / "out.parquet")
    assert found.select(["id", "messages", "weight"]).equals(pq.read_table(folder / "in.parquet"))
    assert [found.schema.field(name).type for name in ("answer", "cost_micro_usd")] == [pa.string(), pa.int64()]


def test_rows_that_fail_are_rows_too(pareta: Callable, sandbox: Sandbox, folder: Path) -> None:
    """An error stands in its row, the command ends with 1, and --resume sends again only what failed."""
    write("in.jsonl", [*rows(4), {"id": 4, "prompt": ""}])
    sandbox.fault(ASKED, status=400, detail="too much")
    done = pareta("map", "in.jsonl", "out.jsonl", "-m", MODEL, "--concurrency", "1", "--json")
    assert done.code == 1
    assert done.json() == {
        "rows": 5, "answered": 3, "failed": 2, "resumed": 0, "requests": 4, "spent_micro_usd": 3 * PRICE,
        "out": "out.jsonl", "journal": "out.jsonl.journal",
    }  # fmt: skip
    assert json.loads(done.err)["error"]["message"].startswith("2 of 5 rows failed: the column error says why.")
    first, *_, last = READ[".jsonl"](folder / "out.jsonl")
    assert first["error"].startswith("BadRequestError: 400 Bad Request: too much")
    assert (first["answer"], first["cost_micro_usd"]) == (None, 0)
    assert last["error"] == "ValueError: the row has no text in the column prompt, so it was not sent"
    again = pareta("map", "in.jsonl", "out.jsonl", "-m", MODEL, "--resume")
    assert again.code == 1
    assert "from before  3" in again.out
    assert "Error: 1 of 5 rows failed" in again.err
    assert READ[".jsonl"](folder / "out.jsonl")[0]["answer"] == "It is 0, é"


def test_a_budget_ends_it_and_a_resumed_run_goes_on(pareta: Callable, sandbox: Sandbox, folder: Path) -> None:
    """What was answered within the budget is written; the next run sends the rest."""
    write("in.csv", rows(20))
    before = sandbox.balance
    line = ("map", "in.csv", "out.csv", "-m", MODEL)
    done = pareta(*line, "--budget", "0.001usd")
    assert done.code == 1
    assert "4 of 20 rows are answered, and kept in out.csv.journal. The same command with --resume goes on." in done.err
    assert len(READ[".csv"](folder / "out.csv")) == 4
    assert pareta(*line, "--resume", "--budget", "$5").code == 0
    assert [each["id"] for each in READ[".csv"](folder / "out.csv")] == [str(number) for number in range(20)]
    assert before - sandbox.balance == 20 * PRICE


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("in.csv out.csv --model ep_nope", 4, "No model 'ep_nope'"),
        ("in.csv in.csv", 2, "in.csv is there already. Choose another name, or go on with --resume."),
        ("in.csv in.csv --resume", 2, "in.csv is there, but not in.csv.journal"),
        ("in.csv old.csv", 2, "old.csv.journal is of an earlier run. Go on with --resume, or choose another name."),
        ("in.csv out.txt", 2, "out.txt: the name must end in .jsonl, .csv or .parquet."),
        ("nothing.csv out.csv", 2, "'nothing.csv' does not exist"),
        ("in.csv out.csv --prompt-column text", 2, "no column text: it has id, prompt. --prompt-column says which"),
        ("answers.csv out.csv", 2, "answers.csv has a column answer, as the answers have. Give it another name."),
        ("in.csv out.csv --budget 5", 2, "--budget 5: say it in dollars, such as 5usd, $5 or 0.25usd."),
        ("in.csv out.csv --concurrency many", 2, "--concurrency many: say auto, or a number"),
        ("torn.jsonl out.csv", 1, "torn.jsonl is damaged after line 1: Unterminated string"),
        ("number.jsonl out.csv", 1, "a row must be an object, messages or a text, not 7"),
        ("wide.csv out.csv", 1, "damaged after line 2: the row that ends in line 3 has 3 fields, the head 2"),
        ("twice.csv out.csv", 1, "two columns have the same name"),
        ("latin.csv out.csv", 1, "latin.csv is damaged after line 0: 'utf-8' codec can't decode byte 0xe9"),
        ("mixed.jsonl out.parquet", 2, "mixed.jsonl has a column of several types"),
        ("number.parquet out.csv", 1, "Parquet magic bytes not found"),
    ],
)  # fmt: skip
def test_what_is_wrong_costs_nothing(pareta: Callable, sandbox: Sandbox, line: str, code: int, said: str) -> None:
    """A mistake in the line or in a file is said before anything is billed, and leaves no file behind."""
    write("in.csv", rows(3))
    write("answers.csv", [{"prompt": "a", "answer": "b"}])
    write("mixed.jsonl", [{"prompt": "a", "x": 1}, {"prompt": "b", "x": "one"}])
    texts = {
        "old.csv.journal": "", "torn.jsonl": '"a"\n{"prompt": "b', "number.jsonl": '"a"\n7\n',
        "number.parquet": "7" * 20, "wide.csv": "id,prompt\n1,a\n2,b,c\n", "twice.csv": "a,a\n1,2\n",
    }  # fmt: skip
    for name, text in texts.items():
        Path(name).write_text(text, "utf-8")
    Path("latin.csv").write_bytes("prompt\né\n".encode("latin-1"))
    there = {path.name for path in Path().iterdir()}
    before = sandbox.balance
    done = pareta("map", *line.split(), *(() if "--model" in line else ("-m", MODEL)))
    assert (done.code, done.out) == (code, "")
    assert said in " ".join(done.err.split())
    assert sandbox.balance == before
    assert {path.name for path in Path().iterdir()} - {"config", "state"} == there - {"config", "state"}


def test_other_rows_are_not_mixed_with_those_of_a_journal(pareta: Callable, sandbox: Sandbox, folder: Path) -> None:
    """With --resume and other rows, it ends with 2, and the file that is there stays."""
    write("in.csv", rows(3))
    write("other.csv", rows(5)[2:])
    pareta("map", "in.csv", "out.csv", "-m", MODEL)
    text = (folder / "out.csv").read_text("utf-8")
    done = pareta("map", "other.csv", "out.csv", "-m", MODEL, "--resume")
    assert done.code == 2
    assert "was written for other inputs: row 0 differs" in done.err
    assert (folder / "out.csv").read_text("utf-8") == text
    assert not (folder / "out.csv.part").exists()


def test_parquet_needs_pyarrow(env: dict[str, str]) -> None:
    """Without pyarrow it says so before anything is sent."""
    write("in.csv", rows(1))
    line = ["map", "in.csv", "out.parquet", "-m", MODEL]
    code = f"import sys; sys.modules['pyarrow'] = None; from pareta.cli import main; sys.exit(main({line}))"
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert (
        "Error: Parquet needs pyarrow: pip install './pareta[parquet]' beside a checkout; or use .jsonl or .csv."
        in done.stderr
    )


@pytest.fixture
def slow(env: dict[str, str]) -> Iterator[Sandbox]:
    """Give a sandbox that takes its time to answer."""
    with Sandbox(seed=7, pace=0.2, clock="real") as sandbox:
        env |= {"PARETA_BASE_URL": sandbox.base_url, "PARETA_API_KEY": sandbox.api_key}
        yield sandbox


LINE = ("map", "in.jsonl", "out.jsonl", "-m", MODEL, "--concurrency", "4")


def lines_of(path: Path) -> int:
    """Return how many lines a file has; 0 where it is not there."""
    return path.read_bytes().count(b"\n") if path.exists() else 0


def test_ctrl_c_ends_it_gently_and_a_kill_loses_nothing(
    terminal: Callable, slow: Sandbox, env: dict[str, str], process: Callable, folder: Path
) -> None:
    """After Ctrl-C, after a kill, and to the end: every row is there once, and is billed once."""
    write("in.jsonl", rows(150))
    before = slow.balance
    journal = folder / "out.jsonl.journal"
    shown = terminal(*LINE, columns=120)
    shown.shows(" of 150 rows, ")
    shown.shows(" left")
    shown.press("\x03")
    assert shown.ends() == 130
    assert shown.screen.endswith("The same command with --resume goes on.")
    answered = lines_of(folder / "out.jsonl")
    assert f"{answered} of 150 rows are answered, and kept in out.jsonl.journal." in shown.screen
    assert answered == lines_of(journal) - 1 == (before - slow.balance) // PRICE  # What was in flight came in.
    killed = subprocess.Popen([*PROGRAM, *LINE, "--resume"], env=env)
    while lines_of(journal) < answered + 20:  # A kill has no event to wait for.
        assert killed.poll() is None
        time.sleep(0.01)
    killed.kill()
    killed.wait()
    assert lines_of(folder / "out.jsonl") == answered  # The file of the first run is whole.
    last = process(*LINE, "--resume")
    assert last.code == 0
    assert [each["id"] for each in READ[".jsonl"](folder / "out.jsonl")] == list(range(150))
    assert before - slow.balance == 150 * PRICE


def test_a_second_ctrl_c_leaves_at_once(terminal: Callable, sandbox: Sandbox, folder: Path) -> None:
    """While a request hangs, the first Ctrl-C waits for it, and the second does not."""
    write("in.jsonl", rows(20))
    sandbox.fault(ASKED, silence=True)
    shown = terminal(*LINE, columns=120)
    shown.shows("0 of 20 rows")
    while len(asked(sandbox)) < 20:  # The others are answered meanwhile.
        time.sleep(0.01)
    shown.press("\x03")
    shown.shows("stopping after the 1 in flight; Ctrl-C again leaves at once")
    shown.press("\x03")
    assert shown.ends() == 130
    assert "19 of 20" not in shown.screen
    assert lines_of(folder / "out.jsonl.journal") == 20
    assert not list(folder.glob("out.jsonl*part"))


def test_without_a_terminal_progress_is_lines(env: dict[str, str], sandbox: Sandbox, folder: Path) -> None:
    """Where stderr is no terminal, each line says how far it is, and a run that waits out a pause can be stopped."""
    write("in.jsonl", rows(20))
    sandbox.fault(ASKED, status=429, retry_after=300, times=9)
    running = subprocess.Popen([*PROGRAM, *LINE], env=env, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    assert running.stderr is not None
    assert running.stderr.readline() == "0 of 20 rows, 0.0 rows/s, $0.000000\n"
    running.send_signal(2)
    _, rest = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "0 of 20 rows are answered" in rest
