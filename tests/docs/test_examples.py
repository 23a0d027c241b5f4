"""The programs in examples/, each run on a sandbox."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from pareta.sandbox import Sandbox

EXAMPLES = Path(__file__).parents[2] / "examples"
QUESTION = "Which law governs? It is governed by the laws of Delaware."
RUN_ELSEWHERE = {"real_model"}
"""Needs a model, which tests/sandbox/test_real_model.py has."""


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Start a sandbox, and put its URL and key into the environment."""
    with Sandbox(seed=7, pace=0) as sandbox:
        monkeypatch.setenv("PARETA_API_KEY", sandbox.api_key)
        monkeypatch.setenv("PARETA_BASE_URL", sandbox.base_url)
        yield sandbox


@pytest.fixture
def run(sandbox: Sandbox) -> Callable[..., str]:
    """Run an example, and return what it prints."""

    def run(name: str, *arguments: str, code: int = 0) -> str:
        env = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent), "PYTHONIOENCODING": "utf-8"}
        line = [sys.executable, str(EXAMPLES / f"{name}.py"), *arguments]
        done = subprocess.run(line, env=env, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    return run


def load(name: str) -> ModuleType:
    """Import an example."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_the_demo_tells_the_story(run: Callable[..., str]) -> None:
    """`make demo` deploys, asks, measures and stops with the command line's own output."""
    said = run("demo")
    assert "qwen-2, recommended: field_f1 92.90%" in said
    assert "the laws of the State of Delaware" in said
    assert "spend            $0.000210" in said
    assert "id      contracts\nstatus  stopped" in said


def test_the_best_model_for_a_budget(run: Callable[..., str]) -> None:
    """With little money the cheap model is deployed, with more the best one, with none nothing."""
    intent = "pull key fields out of contracts"
    assert "serves mistral-3" in run("choose_for_budget", intent, "1", "6000")
    assert "serves llama-1" in run("choose_for_budget", intent, "100", "6000")
    assert "costs so little" in run("choose_for_budget", intent, "0.01", "6000", code=1)


def test_a_service_streams_through(sandbox: Sandbox) -> None:
    """The FastAPI service passes text on, and the status of an error before it."""
    from fastapi.testclient import TestClient

    with TestClient(load("fastapi_service").app) as client:
        answer = client.get("/answer", params={"question": QUESTION})
        assert (answer.status_code, "Delaware" in answer.text) == (200, True)
        sandbox.balance = 0
        assert client.get("/answer", params={"question": QUESTION}).status_code == 402
    assert sandbox.verdicts == []


def test_a_task_is_billed_once(sandbox: Sandbox) -> None:
    """A Celery task that is delivered twice is billed once."""
    answer = load("celery_task").answer
    before = sandbox.balance
    for _ in range(2):
        assert "Delaware" in answer.apply(["ep_a1b2c3", QUESTION], task_id="task-1").get()
    assert before - sandbox.balance == 210


def test_an_evaluation_reports(run: Callable[..., str]) -> None:
    """The evaluation says how many answers were right."""
    assert "answers are right; the slowest took" in run("evaluate", "ep_a1b2c3")


def test_a_cost_watch_stops_what_costs_too_much(run: Callable[..., str], sandbox: Sandbox) -> None:
    """What spent more than the limit is stopped; what is protected, or cheap, is not."""
    with sandbox.client() as pa:
        pa.endpoints.deploy(task="contract-key-fields", name="mine", wait=True)
        for model in ("mine", "ep_seed01"):
            pa.chat.completions.create(model=model, messages=[{"role": "user", "content": QUESTION}])
        assert run("cost_watch", "100", "--once") == "mine is stopped: it spent 210 micro-USD.\n"
        assert run("cost_watch", "100", "--once") == ""
        assert pa.endpoints.retrieve("mine").status == "stopped"


def test_an_empty_balance_and_a_stopped_endpoint(run: Callable[..., str], sandbox: Sandbox) -> None:
    """A stopped endpoint is started and asked again; an empty balance ends with what to do."""
    assert "Delaware" in run("careful", "ep_d4e5f6", QUESTION)
    sandbox.balance = 0
    assert "The balance is empty" in run("careful", "ep_d4e5f6", QUESTION, code=1)


OTHER_CLIENTS = ["openai_client", "langchain_chat"]
if importlib.util.find_spec("litellm"):  # `pip install '.[litellm]'`: too heavy to be part of dev.
    OTHER_CLIENTS.append("litellm_chat")


@pytest.mark.parametrize("name", OTHER_CLIENTS)
def test_other_clients_answer(
    run: Callable[..., str], sandbox: Sandbox, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenAI's client, LangChain and LiteLLM answer over an endpoint."""
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # Else it downloads prices.
    assert "Delaware" in run(name, "ep_a1b2c3", QUESTION)
    assert sandbox.verdicts == []


def test_a_test_on_an_endpoint(sandbox: Sandbox) -> None:
    """The example's test passes, and its endpoint is gone after it."""
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLES / "test_on_an_endpoint.py")]
    env = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent)}
    done = subprocess.run(line, env=env, cwd=EXAMPLES, capture_output=True, text=True, check=False)
    assert "1 passed" in done.stdout, done.stdout
    assert {"deploy_endpoint", "delete_endpoint"} <= {each.operation for each in sandbox.requests}


def test_a_dashboard_is_written(run: Callable[..., str], tmp_path: Path) -> None:
    """The page has a chart for each endpoint."""
    run("dashboard", str(tmp_path / "page.html"))
    assert (tmp_path / "page.html").read_text("utf-8").count("<svg ") == 4


def test_a_batch_is_taken_up_again(run: Callable[..., str], sandbox: Sandbox, tmp_path: Path) -> None:
    """A second run asks nothing, pays nothing, and writes the same answers."""
    questions, answers = tmp_path / "q.txt", tmp_path / "a.jsonl"
    questions.write_text(f"{QUESTION}\nWho signs? Alder & Pine GmbH signs.\n")
    written = []
    for asked in (2, 0):
        before = sandbox.balance
        assert run("batch", "ep_a1b2c3", str(questions), str(answers)) == f"{asked} of 2 were asked.\n"
        assert before - sandbox.balance == 210 * asked
        written.append([json.loads(line)["answer"] for line in answers.read_text().splitlines()])
    assert written[0] == written[1]
    assert "Alder" in written[0][1]


def test_the_notebook_runs(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notebook runs from its first cell to its last; a metric is drawn, rows are a table."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(EXAMPLES / "notebook.ipynb", as_version=4)
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES.parent))
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown = [
        output.get("data", {}).get("text/html", "") for cell in notebook.cells for output in cell.get("outputs", [])
    ]
    assert any(text.startswith("<svg ") for text in shown)
    assert any("dataframe" in text for text in shown)


def test_every_example_is_run() -> None:
    """Each program in examples/ is named in this file."""
    text = Path(__file__).read_text("utf-8")
    names = {path.stem for path in EXAMPLES.iterdir() if path.suffix in {".py", ".ipynb"}}
    assert len(names) > 12
    assert {name for name in names - RUN_ELSEWHERE if name not in text} == set()
