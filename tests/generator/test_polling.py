"""Operations with `x-polling`: what waits for their work, and what of the extension is refused."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from generator_kit import Generate, imported, serving
from modes import Mode
from virtual import Virtual, path_of, response

import pareta
from generator.__main__ import main
from pareta import APIResponseError, APITimeoutError, NotFoundError, OperationFailedError
from pareta._content.exchange import TransportError
from pareta._policy import polling

pytestmark = pytest.mark.off_document("another API")
POLLING = "operation: retrieve_job, parameter: job_id, id: id, state: run.state, done: [succeeded], failed: [failed]"
DOCUMENT = f"""\
openapi: 3.1.0
info: {{title: Job API, version: '1'}}
paths:
  /{{project}}/jobs:
    post:
      operationId: start_job
      tags: [jobs]
      x-polling: {{{POLLING}, interval: 0.01}}
      parameters: [{{name: project, in: path, required: true, schema: {{type: string}}}}]
      requestBody:
        required: true
        content: {{application/json: {{schema: {{type: object, required: [n], properties: {{n: {{type: integer}}}}}}}}}}
      responses: {{'202': {{$ref: '#/components/responses/Job'}}}}
  /{{project}}/jobs/{{job_id}}:
    get:
      operationId: retrieve_job
      tags: [jobs]
      parameters:
        - {{name: project, in: path, required: true, schema: {{type: string}}}}
        - {{name: job_id, in: path, required: true, schema: {{type: string}}}}
      responses: {{'200': {{$ref: '#/components/responses/Job'}}}}
  /exports:
    post:
      operationId: start_export
      tags: [exports]
      x-polling: {{operation: read_export, parameter: number, id: export, state: over, done: [true]}}
      responses:
        '202':
          description: d
          content: {{application/json: {{schema: {{type: object, properties: {{export: {{type: integer}}}}}}}}}}
  /export:
    get:
      operationId: read_export
      tags: [exports]
      parameters: [{{name: number, in: query, required: true, schema: {{type: integer}}}}]
      responses:
        '200':
          description: d
          content: {{application/json: {{schema: {{type: object, properties: {{over: {{type: boolean}}}}}}}}}}
components:
  responses:
    Job: {{description: d, content: {{application/json: {{schema: {{$ref: '#/components/schemas/Job'}}}}}}}}
  schemas:
    State: {{type: string, enum: [queued, running, succeeded, failed]}}
    Job:
      type: object
      required: [id]
      properties:
        id: {{type: string}}
        run:
          type: object
          properties: {{state: {{$ref: '#/components/schemas/State'}}, tags: {{type: array, items: {{}}}}}}
"""


@pytest.fixture
def made(generate: Generate) -> Iterator[ModuleType]:
    """Generate the package with clients; give its module of calls."""
    run = generate(DOCUMENT, "--client", name="polled")
    assert (run.code, run.err) == (0, "")
    with ExitStack() as stack:
        stack.enter_context(imported(run.package))
        yield importlib.import_module("polled.api")


def job(state: str | None, status: int = 200, *, more: Any = None, **headers: str) -> Any:
    """Return a job as an answer."""
    run = {} if state is None else {"run": {"state": state}}
    return response(status, {"id": "j/1", **run, **(more or {})}, **headers)


def waited(virtual: Virtual, call: Any, **options: Any) -> Any:
    """Wait for the work of a call, on a virtual clock."""
    return virtual.run(polling.wait(virtual.session(**options), call))


def test_work_is_polled_until_it_is_done(made: Any) -> None:
    """By the id of the first answer, and the arguments that both operations have; each after the interval."""
    virtual = Virtual([job("queued", 202), job("running"), job(None), job("succeeded")])
    assert waited(virtual, made.start_job("p", n=1)).run.state == "succeeded"
    assert [path_of(one) for one in virtual.sent] == ["/p/jobs", *["/p/jobs/j%2F1"] * 3]
    assert virtual.slept == [0.01] * 3


def test_what_is_done_at_once_is_not_polled(made: Any) -> None:
    """Where the first answer is of the class that a poll reads."""
    virtual = Virtual([job("succeeded")])
    assert waited(virtual, made.start_job("p", n=1)).id == "j/1"
    assert virtual.slept == []


def test_an_answer_of_another_class_only_has_the_id(made: Any) -> None:
    """A boolean can be the state, and a query parameter take the id; two seconds are between polls."""
    virtual = Virtual([response(202, {"export": 7}), response(200, {"over": False}), response(200, {"over": True})])
    assert waited(virtual, made.start_export()).over is True
    assert [path_of(one) for one in virtual.sent][1:] == ["/export?number=7"] * 2
    assert virtual.slept == [2.0, 2.0]


def test_the_server_says_when_to_look_again(made: Any) -> None:
    """`Retry-After` of the first answer and of each poll goes over the interval, if it asks for any time."""
    steps = [job("queued", 202, retry_after="7"), *(job("running", retry_after=one) for one in ("30", "0", "x"))]
    virtual = Virtual([*steps, job("succeeded")])
    waited(virtual, made.start_job("p", n=1))
    assert virtual.slept == [7.0, 30.0, 0.01, 0.01]


def test_work_that_failed_is_a_typed_error(made: Any) -> None:
    """It has the state, the last answer, and the server's words."""
    virtual = Virtual([job("queued", 202), job("failed", more={"error": {"message": "out of disk"}})])
    with pytest.raises(OperationFailedError, match=r"^start_job failed: out of disk$") as caught:
        waited(virtual, made.start_job("p", n=1))
    assert (caught.value.state, caught.value.result.id) == ("failed", "j/1")
    with pytest.raises(OperationFailedError, match=r"^start_job failed: its state is 'failed'$"):
        waited(Virtual([job("failed")]), made.start_job("p", n=1))


def test_the_deadline_is_that_of_the_whole(made: Any) -> None:
    """No poll is begun that would pass it; without one it is an hour. The text says how to go on."""
    virtual = Virtual([job("queued", 202), job("running", retry_after="6")])
    said = "start_job is not done in time: its state is 'running'. Look with retrieve_job, at /p/jobs/j%2F1."
    with pytest.raises(APITimeoutError, match=said):
        waited(virtual, made.start_job("p", n=1), deadline=10.0)
    assert virtual.now < 1010
    virtual = Virtual([response(202, {"export": 7}, retry_after="4000")])
    with pytest.raises(APITimeoutError, match="start_export is not done in time: it has only begun"):
        waited(virtual, made.start_export())
    assert virtual.slept == []


def test_a_poll_is_retried_and_its_error_raised(made: Any) -> None:
    """As any call; a start that cannot be repeated safely is not."""
    reset = TransportError("connection", "reset by peer")
    virtual = Virtual([job("queued", 202), reset, response(503), job("succeeded")])
    assert waited(virtual, made.start_job("p", n=1)).id == "j/1"
    with pytest.raises(NotFoundError):
        waited(Virtual([job("queued", 202), response(404)]), made.start_job("p", n=1))
    virtual = Virtual([reset])
    with pytest.raises(pareta.APIConnectionError):
        waited(virtual, made.start_job("p", n=1))
    assert len(virtual.sent) == 1


def test_a_start_without_an_id_is_an_error(made: Any) -> None:
    """There would be nothing to look at."""
    with pytest.raises(APIResponseError, match=r"\$\.export: expected the id of the work, found null"):
        waited(Virtual([response(202, {})]), made.start_export())


class Handler(BaseHTTPRequestHandler):
    """Answers each POST and GET with the next state."""

    states: list[str]
    keys: list[str | None]

    def do_POST(self) -> None:
        """Answer with a job."""
        self.rfile.read(int(self.headers["content-length"]))
        self.keys.append(self.headers["x-key"])
        body = json.dumps({"id": "j1", "run": {"state": self.states.pop(0)}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Answer with a job."""
        del self.headers["content-length"]
        self.headers["content-length"] = "0"
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_client_waits_and_tells_its_progress(made: Any, mode: Mode) -> None:
    """By a method beside the one that starts the work; and any client waits for a call."""
    module = importlib.import_module("polled.client")
    seen: list[str] = []

    def tell(one: Any) -> None:
        seen.append(one.run.state)

    with serving(Handler) as url:
        Handler.states, Handler.keys = ["queued", "running", "succeeded"] * 2, []
        client = (module.Client if mode.name == "sync" else module.AsyncClient)(api_key="k", base_url=url)
        assert mode.run(client.jobs.start_and_wait("p", n=1, on_progress=tell)).run.state == "succeeded"
        mode.close(client)
        done = mode.client(url).wait(made.start_job("p", n=1), on_progress=tell)
        assert mode.run(done).run.state == "succeeded"
        assert seen == ["queued", "running", "succeeded"] * 2


def test_polls_carry_the_credentials_of_their_own_operation(generate: Generate, mode: Mode) -> None:
    """As if they were calls of the client's: a header that a security scheme names."""
    scheme = "security: [{key: []}]\ncomponents:\n  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}\n"
    run = generate(DOCUMENT.replace("components:\n", scheme, 1), "--client", name="keyed")
    assert (run.code, run.err) == (0, "")
    with imported(run.package) as module, serving(Handler) as url:
        Handler.states, Handler.keys = ["queued", "succeeded"], []
        client = (module.Client if mode.name == "sync" else module.AsyncClient)(api_key="k1", base_url=url)
        assert mode.run(client.jobs.start_and_wait("p", n=1)).id == "j1"
        mode.close(client)
    assert Handler.keys == ["k1", "k1"]


def test_other_calls_have_nothing_to_wait_for(made: Any, mode: Mode) -> None:
    """It is said before anything is sent."""
    client = mode.client("http://127.0.0.1:9")
    with pytest.raises(
        TypeError, match=r"wait\(\) takes what a function of an operation with `x-polling` returns, not"
    ):
        mode.run(client.wait(made.retrieve_job("p", "j")))


# What is replaced in the document, by what, and what is said.
BROKEN = {
    "field": ("state: over,", "state: over, every: 2,", "there is no field 'every'; use done, failed, id, interval,"),
    "answer": ("'202': {$ref: '#/components/responses/Job'}", "'204': {description: d}", "the answer must be one JSON"),
    "no id": ("id: export, ", "", "no `id`; name the property of the answer that holds it"),
    "id": ("id: export", "id: number", "StartExportResponse has no property 'number'; name one of the answer"),
    "id's type": ("id: id", "id: run", "`id` is a string or integer; name such a property"),
    "operation": ("operation: read_export", "operation: read_exports", "'read_exports' is not the id of another oper"),
    "itself": ("operation: read_export", "operation: start_export", "'start_export' is not the id of another oper"),
    "parameter": (
        "parameter: number",
        "parameter: id",
        "read_export has no parameter 'id'; name the one of read_export",
    ),
    "no parameter": ("parameter: number, ", "", "no `parameter`; name the one of read_export that takes the id"),
    "another parameter": ("parameter: job_id", "parameter: project", "retrieve_job requires 'job_id', which start_job"),
    "no state": ("state: over, ", "", "no `state`; name the property of the answer that holds it"),
    "state's type": ("state: run.state", "state: run.tags", "`state` is a string or boolean or integer; name such a"),
    "value": ("failed: [failed]", "failed: [broken]", "the state is never 'broken'; use one of queued, running, succe"),
    "value's type": ("done: [true]", "done: [1]", "1 is no boolean, as the state is; correct it"),
    "no value": ("done: [true]", "done: []", "`done` is a list of values of the state; write one"),
    "both": ("failed: [failed]", "failed: [succeeded]", "'succeeded' is in `done`, too; remove one"),
    "interval": ("interval: 0.01", "interval: 0", "the interval is a number of seconds above 0; correct or remove it"),
    "argument": ("properties: {n: {", "properties: {on_progress: {}, n: {", "an argument is `on_progress`, as that of"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_would_not_poll_is_refused(generate: Generate, case: str) -> None:
    """By name and line, and nothing is written."""
    old, new, said = BROKEN[case]
    assert DOCUMENT.count(old) == 1 or case == "answer"
    text = DOCUMENT.replace(old, new, 1)
    run = generate(text)
    assert (run.code, run.package.exists()) == (1, False)
    found = next(line for line in run.err.splitlines() if f": `x-polling`: {said}" in line)
    assert "x-polling" in text.splitlines()[int(found.split(":")[1]) - 1]


def test_the_operation_that_polls_is_renamed_with_its_extension(generate: Generate, tmp_path: Path) -> None:
    """In an imported document, where it has another name; a header may have the name of the extension."""
    text = DOCUMENT.replace("retrieve_job", "jobs.retrieveJob").replace(
        "        '202':\n          description: d\n",
        "        '202':\n          description: d\n          headers: {x-polling: {schema: {}}}\n",
    )
    (tmp_path / "published.yaml").write_text(text)
    assert main(["import", str(tmp_path / "published.yaml"), "-o", str(tmp_path / "up.yaml"), "--quiet"]) == 0
    run = generate((tmp_path / "up.yaml").read_text(), name="renamed")
    assert (run.code, run.err) == (0, "")
    assert "functools.partial(jobs_retrieve_job, project=project)" in (run.package / "api.py").read_text()


def test_only_the_operation_changes(generate: Generate) -> None:
    """Without the extension there is no module for it, and the other functions are the same."""
    before = generate(DOCUMENT, name="one")
    text = "\n".join(line for line in DOCUMENT.splitlines() if "x-polling" not in line)
    after = generate(text, name="two")
    assert (before.package / "polling.py").exists()
    assert not (after.package / "polling.py").exists()
    assert "polling" not in (after.package / "api.py").read_text()


@pytest.mark.long
def test_waiting_is_typed(generate: Generate) -> None:
    """Strict mypy and pyright have nothing to say, and know the results."""
    run = generate(DOCUMENT, "--client", name="polled")
    use = "from typing import assert_type\nimport pareta\nfrom polled import api\n"
    use += "from polled.client import AsyncClient, Client\nfrom polled.models import Job, ReadExportResponse\n"
    use += "client = Client(base_url='u')\n"
    use += "assert_type(client.jobs.start_and_wait('p', n=1, on_progress=lambda job: print(job.id), deadline=9), Job)\n"
    use += "assert_type(client.exports.start_and_wait(), ReadExportResponse)\n"
    use += "assert_type(pareta.Pareta().wait(api.start_export()), ReadExportResponse)\n"
    use += "async def use() -> None:\n"
    use += "    assert_type(await AsyncClient(base_url='u').jobs.start_and_wait('p', n=1), Job)\n"
    use += "    assert_type(await pareta.AsyncPareta().wait(api.start_job('p', n=1)), Job)\n"
    folder = run.package.parent
    (folder / "use.py").write_text(use)
    root = str(importlib.import_module("pareta_generated").__path__[0]).rpartition("/")[0]
    settings = {"typeCheckingMode": "strict", "extraPaths": [root, "."], "include": ["use.py", "polled"]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    for command in (["mypy", "--strict", "--no-incremental", "use.py", "polled"], ["pyright"]):
        more = ["--pythonpath", sys.executable] if command == ["pyright"] else []
        done = subprocess.run(
            [sys.executable, "-m", *command, *more], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
