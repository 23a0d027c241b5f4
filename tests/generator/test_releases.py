"""What `make check` and `make diff` hold against the document: version, changelog, SDK and sandbox."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from generator_kit import ROOT

from generator import build, operations, reach, release, source, stale
from generator.diff import command, python_api
from generator.diff.changes import Change
from generator.problems import GenerationError

SPEC = "openapi/pareta.yaml"


def run(*words: str, folder: Path) -> None:
    """Run git."""
    environment = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *environment, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a repository with a release, v1.0.0: one function, one operation."""
    (tmp_path / "pareta").mkdir()
    (tmp_path / "openapi").mkdir()
    (tmp_path / "pareta_generated").mkdir()
    (tmp_path / "pareta_generated" / "__init__.py").touch()
    write(tmp_path, version="1.0.0")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 1.0.0\n\nFirst.\n")
    run("init", "-q", folder=tmp_path)
    run("add", ".", folder=tmp_path)
    run("commit", "-q", "-m", "Release", folder=tmp_path)
    run("tag", "v1.0.0", folder=tmp_path)
    return tmp_path


def write(project: Path, *, version: str, path: str = "/a", function: str = "def do(a: int) -> int: ...") -> None:
    """Write the package and the document."""
    (project / "pareta" / "_version.py").write_text(f'__version__ = "{version}"\n')
    (project / "pareta" / "__init__.py").write_text(f'"""P."""\n\n{function}\n')
    (project / SPEC).write_text(
        f"openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths:\n  {path}: {{get: {{operationId: a, responses:"
        " {'204': {description: d}}}}\n"
    )


def check(project: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run the check; return its code and what it says."""
    code = command.main(["--check"], project, SPEC)
    return code, capsys.readouterr().err


def test_without_changes_the_version_may_stay(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The tree of a release passes."""
    assert check(project, capsys) == (0, "")


def test_what_breaks_demands_a_major_version(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the wire: the version and its cause are said."""
    write(project, version="1.1.0", path="/b")
    code, said = check(project, capsys)
    assert code == 1
    assert "version 1.1.0 is too low, since 1.0.0 was released: write 2.0.0, or a higher one" in said
    assert "openapi/pareta.yaml:4: breaking: the path of a is /b, was /a" in said


def test_what_breaks_in_python_does_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without any change of the document."""
    write(project, version="1.1.0", function="def do(b: int) -> int: ...")
    code, said = check(project, capsys)
    assert (code, "write 2.0.0" in said, "pareta.do" in said) == (1, True, True)


def test_a_change_needs_an_entry_in_the_changelog(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Under the new version; then the check passes."""
    write(project, version="2.0.0", path="/b")
    code, said = check(project, capsys)
    assert (code, said) == (1, "CHANGELOG.md:1: no entry for 2.0.0; `make diff FORMAT=markdown` drafts one\n")
    (project / "CHANGELOG.md").write_text("# Changelog\n\n## 2.0.0 (unreleased)\n\nMoved.\n\n## 1.0.0\n")
    assert check(project, capsys) == (0, "")


def test_without_a_release_there_is_nothing_to_compare(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A commit can be named instead of a tag."""
    run("tag", "-d", "v1.0.0", folder=project)
    assert command.main([], project, SPEC) == 0
    assert capsys.readouterr().out.startswith("no release yet")
    write(project, version="1.0.0", path="/b")
    assert command.main(["--base", "HEAD"], project, SPEC) == 0
    assert capsys.readouterr().out.endswith("1 breaking, 0 risky, 0 safe: major; at least 2.0.0\n")


def test_a_release_says_all_that_is_not_ready() -> None:
    """Version, tree, tag and changelog, in one run."""
    found = release.problems("9.9.9", "", " M file", "v9.9.9")
    assert [one.partition(":")[0] for one in found] == [
        f"pareta/_version.py says {command.read_version(ROOT)}",
        "the tree has changes",
        "v9.9.9 exists",
        "CHANGELOG.md has no dated entry for 9.9.9 on top",
    ]


def test_the_notes_of_a_release_are_the_changelog_s_and_the_diff_s() -> None:
    """A first release has no diff; what changes no version is left out."""
    assert release.notes("1.0.0 (2026-01-01)\n\nMore.", []) == "## 1.0.0 (2026-01-01)\n\nMore.\n"
    changes = [Change("operation-added", "operation b", "d:1"), Change("operation-described", "a", "d:2")]
    assert release.notes("1.1.0\n\nMore.", changes) == (
        "## 1.1.0\n\nMore.\n\n### New and changed\n\n- operation b: a function more.\n"
    )


def test_a_client_that_cannot_be_made_is_seen_in_each_python(tmp_path: Path) -> None:
    """The script that `make stable` and a release run calls with both clients; nothing else there makes one."""
    for name in ("pareta", "pareta_generated"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests" / "smoke.py", tmp_path)
    command = [sys.executable, "-B", "-W", "error", "-m", "smoke"]
    good = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (good.returncode, good.stdout, good.stderr) == (0, "", "")
    module = tmp_path / "pareta" / "_credentials.py"
    module.write_text(module.read_text(encoding="utf-8").replace("@classmethod\n    def of", "@property\n    def of"))
    broken = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert broken.returncode == 1
    assert "object is not callable" in broken.stderr


def test_a_bill_of_materials_lists_what_the_wheel_needs(tmp_path: Path) -> None:
    """As CycloneDX; extras are left out."""
    wheel = tmp_path / "p-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        text = "Name: p\nLicense-Expression: MIT\nRequires-Dist: httpx<0.29,>=0.28\nRequires-Dist: x; extra == 'y'\n"
        archive.writestr("p-1.0.0.dist-info/METADATA", text)
    made = release.sbom(wheel, "1.0.0")
    assert made["metadata"]["component"]["purl"] == "pkg:pypi/p@1.0.0"
    assert [one["name"] for one in made["components"]] == ["httpx"]


PYTHON = {
    "python-removed": ("def f(): ...", ""),
    "python-parameter-removed": ("def f(a=1): ...", "def f(): ..."),
    "python-parameter-required-added": ("def f(): ...", "def f(a): ..."),
    "python-parameter-moved": ("def f(a, b): ...", "def f(b, a): ..."),
    "python-parameter-kind-changed": ("def f(a): ...", "def f(*, a): ..."),
    "python-parameter-made-required": ("def f(a=1): ...", "def f(a): ..."),
    "python-default-changed": ("def f(a=1): ...", "def f(a=2): ..."),
    "python-kind-changed": ("def f(): ...", "class f: ..."),
    "python-base-removed": ("class B: ...\nclass f(B): ...", "class B: ...\nclass f: ..."),
}


@pytest.mark.parametrize("kind", PYTHON)
def test_each_break_of_the_python_api_is_found(tmp_path: Path, kind: str) -> None:
    """By griffe, each under a name of its own."""
    for name, text in zip(("old", "new"), PYTHON[kind], strict=True):
        (tmp_path / name / "p").mkdir(parents=True)
        (tmp_path / name / "p" / "__init__.py").write_text(text + "\n")
    found: list[Change] = python_api.compare(tmp_path / "old", tmp_path / "new", ["p"])
    assert {one.kind for one in found} == {kind}


ADDED = """\
  /v1/endpoints/{endpoint_id}/rename:
    post:
      operationId: rename_endpoint
      tags: [endpoints]
      summary: Rename an endpoint
      parameters: [{name: endpoint_id, in: path, required: true, schema: {type: string}}]
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [name], properties: {name: {type: string}}}}}
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Endpoint'}}}}

components:
"""


def lacking(tmp_path: Path, old: str, new: str) -> list[str]:
    """Return what is said of our document with an edit."""
    text = (ROOT / SPEC).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "pareta.yaml").write_text(text.replace(old, new, 1))
    spec = source.load(tmp_path / "pareta.yaml", SPEC, SPEC)
    plan = operations.plan(spec, build.reserved_members(), [])
    return [str(one) for one in reach.missing(spec, plan.operations, ROOT)]


def test_our_sdk_and_sandbox_have_all_of_the_document(tmp_path: Path) -> None:
    """Each operation a method, a handler and a call of the conformance run; each parameter a keyword."""
    assert lacking(tmp_path, "openapi: 3.1.0", "openapi: 3.1.0") == []


def test_an_operation_without_a_method_is_said_with_its_code(tmp_path: Path) -> None:
    """Each is printed as it has to be written, but TypeScript's method, which is named alone."""
    said = lacking(tmp_path, "\ncomponents:\n", f"\n{ADDED}")
    assert len(said) == 4
    assert all(one.startswith("openapi/pareta.yaml:") for one in said)
    assert (
        "    async def rename(self, endpoint_id: str | None, *, name: str, **options: Unpack[CallOptions])"
        " -> Endpoint:\n"
        '        """Rename an endpoint."""\n'
        "        return await self._requester.send(api.rename_endpoint(endpoint_id, name=name), options)"
    ) in said[0]
    assert '"rename_endpoint": self._rename_endpoint,' in said[1]
    assert said[2].endswith("no method of typescript/src sends rename_endpoint; add one to typescript/src/endpoints.ts")
    assert 'CallSpec(operation="rename_endpoint"' in said[3]


def test_a_parameter_that_no_method_sends_is_said(tmp_path: Path) -> None:
    """At the line of the call that lacks it, and of the sandbox's handler that ignores it."""
    parameter = "      operationId: list_tasks\n      parameters: [{name: page, in: query, schema: {type: integer}}]\n"
    said = lacking(tmp_path, "      operationId: list_tasks\n", parameter)
    assert len(said) == 2
    assert said[0].startswith("pareta/_async/tasks.py:")
    assert said[1].startswith("pareta/sandbox/_handlers.py:")
    assert said[1].endswith("the handler of list_tasks ignores 'page'; read it as `values.query.get(\"page\")`")
    assert "list_tasks is called without 'page'" in said[0]
    assert "take it as `page: int | None = None`, and pass it on as `page=page`" in said[0]


def test_a_stream_without_a_method_is_said_with_its_code(tmp_path: Path) -> None:
    """It is opened by the SDK, recorded by the sandbox, and named as the methods beside it."""
    stream = "text/event-stream: {schema: {oneOf: [{$ref: '#/components/schemas/DeployProgressEvent'}]}}"
    json = "application/json: {schema: {$ref: '#/components/schemas/Endpoint'}}"
    added = ADDED.replace(json, stream).replace("rename_endpoint", "endpoint_names")
    said = lacking(tmp_path, "\ncomponents:\n", f"\n{added}")
    assert "async def names(self, endpoint_id: str | None, *, name: str, " in said[0]
    assert "-> AsyncStream[DeployProgress]:" in said[0]
    assert "self._requester.stream(api.endpoint_names(endpoint_id, name=name), options)" in said[0]
    assert 'recording.write(event({}, name="progress"))' in said[1]
    assert 'CallSpec(operation="endpoint_names"' in said[3]


@pytest.fixture
def named(project: Path) -> Path:
    """Return the project with an operation of two words, and what names it, committed."""
    text = (project / SPEC).read_text()
    (project / SPEC).write_text(text.replace("operationId: a", "operationId: read_a"))
    for file, content in {
        reach.HANDLERS: 'class Handlers:\n    def table(self):\n        return {"read_a": self._read_a, "id": 1}\n',
        reach.SPECS: 'SPECS = [CallSpec(operation="read_a")]\n',
        "docs/guide.md": "Use `api.read_a()`, not `api.read_all()`.\n",
        "pareta/cli.py": "def read_a() -> None: ...\n",
        "pareta_generated/api.py": "def read_a(): ...\n",
        "typescript/src/things.ts": 'send("read_a");\n',
    }.items():
        (project / file).parent.mkdir(parents=True, exist_ok=True)
        (project / file).write_text(content)
    run("add", ".", folder=project)
    run("commit", "-q", "-m", "Name", folder=project)
    run("tag", "v1.0.1", folder=project)
    return project


def stale_of(project: Path) -> list[str]:
    """Return what names operations that are gone."""
    return [str(one) for one in sorted(stale.find(source.load(project / SPEC, SPEC, SPEC), project, SPEC).problems)]


@pytest.mark.parametrize(
    ("now", "said"), [("fetch_a", "is 'fetch_a' now; write that"), ("", "is gone from the document")]
)
def test_what_names_an_operation_that_is_gone_is_said(named: Path, now: str, said: str) -> None:
    """Each by file, line and column; not what is generated, nor a function of this name."""
    assert stale_of(named) == []
    text = (named / SPEC).read_text()
    (named / SPEC).write_text(
        text.replace("read_a", now) if now else text.replace("/a: ", "/b: ").replace("read_a", "b")
    )
    places = ["docs/guide.md:1:10", f"{reach.HANDLERS}:3:18", f"{reach.SPECS}:1:30", "typescript/src/things.ts:1:7"]
    found = stale_of(named)
    assert [line.split(": ", 1)[0] for line in found] == places
    assert all(f": operation 'read_a' {said}" in line for line in found)


def test_what_was_renamed_since_the_release_is_said_after_it_is_committed(named: Path) -> None:
    """Not where a guide says what was renamed."""
    (named / "docs" / "migrating.md").write_text("`read_a` is `fetch_a` now.\n")
    (named / SPEC).write_text((named / SPEC).read_text().replace("read_a", "fetch_a"))
    run("commit", "-q", "-a", "-m", "Rename", folder=named)
    assert len(stale_of(named)) == 4


def test_a_handler_and_a_call_of_no_operation_are_said(named: Path) -> None:
    """Whether or not there ever was one of this name, and without git."""
    shutil.rmtree(named / ".git")
    text = (named / SPEC).read_text()
    (named / SPEC).write_text(text.replace("read_a", "fetch_a"))
    what = "operation 'read_a' is not in the document; correct or remove this"
    assert stale_of(named) == [f"{reach.HANDLERS}:3:1: {what}", f"{reach.SPECS}:1:1: {what}"]


def test_an_operation_is_renamed_by_one_command(named: Path) -> None:
    """In the document, and wherever it is named."""
    files = [SPEC, "docs/guide.md", reach.HANDLERS, reach.SPECS, "typescript/src/things.ts"]
    assert sorted(stale.rename(named, SPEC, "read_a", "fetch_a")) == sorted(files)
    assert stale_of(named) == []
    assert (named / "docs" / "guide.md").read_text() == "Use `api.fetch_a()`, not `api.read_all()`.\n"
    assert '"fetch_a": self._fetch_a' in (named / reach.HANDLERS).read_text()


@pytest.mark.parametrize(
    ("names", "said"),
    [(["nope", "b"], "has no operation nope"), (["a", "a"], "has an operation a"), (["a"], "name the")],
)
def test_a_wrong_name_renames_nothing(project: Path, names: list[str], said: str) -> None:
    """The old one is in the document, the new one is not."""
    with pytest.raises(GenerationError, match=said):
        stale.main(names, project, SPEC)
