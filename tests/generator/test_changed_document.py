"""A change of the document is a change of the package, typed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from generator_kit import ROOT, Generate

OURS = (ROOT / "openapi" / "pareta.yaml").read_text(encoding="utf-8")

ADDED_OPERATION = """\
  /v1/endpoints/{endpoint_id}/rename:
    post:
      operationId: rename_endpoint
      tags: [endpoints]
      summary: Rename an endpoint
      description: Gives it another name.
      parameters:
        - {name: endpoint_id, in: path, required: true, description: The endpoint., schema: {type: string}}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties:
                name: {type: string, minLength: 1, description: The new name.}
      responses:
        '200':
          description: The endpoint.
          content: {application/json: {schema: {$ref: '#/components/schemas/Endpoint'}}}

components:
"""

USE = """\
from typing import assert_type

from changed import api
from changed.models import ChatCompletion, ChatCompletionChunk, ChatMessageParam, Endpoint
from changed.types import Call, StreamCall

assert_type(api.rename_endpoint("ep_1", name="n"), Call[Endpoint])
api.list_endpoints(colour="red", limit=3)


def read(endpoint: Endpoint) -> None:
    assert_type(endpoint.gpu_count, int | None)


def answer(completion: ChatCompletion, history: list[ChatMessageParam]) -> None:
    call = api.create_chat_completion(model=completion.model, messages=[*history, completion.choices[0].message])
    assert_type(call, Call[ChatCompletion])
    stream = api.create_chat_completion(model="m", messages=[{"role": "user", "content": "?"}], stream=True)
    assert_type(stream, StreamCall[ChatCompletionChunk])
    api.create_chat_completion(model="m", messages=[{"role": "user"}])  # wrong


api.list_endpoints(limit="three")  # wrong
api.rename_endpoint("ep_1", nam="n")  # wrong
"""

RUN = """\
from changed import api
from changed.models import Endpoint
assert api.rename_endpoint("a/b", name="n").path == "/v1/endpoints/a%2Fb/rename"
assert api.rename_endpoint("x", name="n").body == {"name": "n"}
assert api.list_endpoints(colour="red", limit=3).query == (("colour", "red"), ("limit", "3"))
assert Endpoint.from_dict({"gpuCount": 4}).gpu_count == 4
assert api.OPERATIONS["rename_endpoint"].method == "POST"
"""


@pytest.fixture
def changed(generate: Generate) -> Path:
    """Return the package of our document with a field, two query parameters and an operation more."""
    text = OURS.replace("\ncomponents:\n", f"\n{ADDED_OPERATION}", 1)
    parameters = (
        "      parameters:\n        - {name: colour, in: query, schema: {type: string, enum: [red, blue]}}\n"
        "        - {name: limit, in: query, schema: {type: integer}}\n"
    )
    text = text.replace("      operationId: list_endpoints\n", f"      operationId: list_endpoints\n{parameters}", 1)
    head, tail = text.split("\n    Endpoint:\n", 1)
    tail = tail.replace(
        "      properties:\n", "      properties:\n        gpuCount: {type: integer, description: G.}\n", 1
    )
    run = generate(f"{head}\n    Endpoint:\n{tail}", name="changed")
    assert (run.code, run.err) == (0, "")
    return run.package


def test_what_was_added_is_there_and_works(changed: Path) -> None:
    """The package imports from anywhere under its directory's name, and what was added does its work."""
    subprocess.run([sys.executable, "-W", "error", "-c", RUN], cwd=changed.parent, check=True)


def test_what_was_added_is_typed(changed: Path) -> None:
    """A strict type checker knows what was added, and refuses what the document does not say."""
    (changed.parent / "use.py").write_text(USE)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "use.py"]
    run = subprocess.run(command, cwd=changed.parent, capture_output=True, text=True, check=False)
    assert [line.split(":")[:2] for line in run.stdout.splitlines() if ": error:" in line] == [
        ["use.py", str(USE.splitlines().index(line) + 1)] for line in USE.splitlines() if line.endswith("# wrong")
    ]


def test_a_small_change_makes_a_small_diff(generate: Generate) -> None:
    """A field more is its own lines in each file, and the hash of the document."""
    field = "      properties:\n        gpu_count: {type: integer, description: G.}\n"
    head, tail = OURS.split("\n    Endpoint:\n", 1)
    generate(OURS, name="changed")
    tail = tail.replace("      properties:\n", field, 1)
    run = generate(f"{head}\n    Endpoint:\n{tail}", "--check", name="changed")
    changed = [line for line in run.out.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert run.code == 1
    assert len(changed) <= 16, changed


def test_our_document_generates_in_less_than_three_seconds(tmp_path: Path) -> None:
    """The whole command, interpreter and imports included; in processor time, as other tests run beside it."""
    command = [sys.executable, "-m", "generator", "--spec", "openapi/pareta.yaml", "--output", str(tmp_path / "made")]
    began = os.times()
    subprocess.run(command, cwd=ROOT, check=True)
    ended = os.times()
    assert ended.children_user + ended.children_system - began.children_user - began.children_system < 3


@pytest.mark.long
def test_the_result_does_not_depend_on_the_order_of_hashes(tmp_path: Path) -> None:
    """Two interpreters with different seeds write the same bytes."""
    made: list[dict[str, bytes]] = []
    for seed in ("0", "1"):
        folder = tmp_path / seed / "made"
        command = [sys.executable, "-m", "generator", "--spec", "openapi/pareta.yaml", "--output", str(folder)]
        subprocess.run(command, cwd=ROOT, check=True, env={"PYTHONHASHSEED": seed, "PATH": ""})
        made.append({file.name: file.read_bytes() for file in sorted(folder.iterdir())})
    assert made[0] == made[1]
    assert not any(b"\r" in content for content in made[0].values())
