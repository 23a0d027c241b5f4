"""python -m bench.documents FOLDER: generate from every OpenAPI document in a folder, beside other generators."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

ROOT = Path(__file__).parents[1]
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@attrs.define
class Row:
    """What one generator made of one document."""

    taken: str = "-"
    operations: int = 0
    seconds: float = 0.0
    mypy: str = "-"
    examples: str = "-"
    lines: int = 0
    import_ms: float = 0.0
    why: str = ""


def main() -> int:
    """Run the command line; the result is the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.documents", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--stock", type=Path, metavar="BIN", help="bin/ of an environment with openapi-python-client")
    parser.add_argument("--models", type=Path, metavar="BIN", help="bin/ of one with datamodel-code-generator")
    parser.add_argument("--only", default="", metavar="TEXT")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    found: dict[str, Any] = {}
    for path in sorted(options.folder.iterdir()):
        if path.suffix in (".yaml", ".yml", ".json") and options.only in path.name:
            with tempfile.TemporaryDirectory() as folder:
                made = {"ours": ours(path, Path(folder))}
                if options.stock:
                    made["stock"] = stock(path, Path(folder), options.stock)
                if options.models:
                    made["models"] = models(path, Path(folder), options.models)
            found[path.name] = {"operations": declared(path), **{key: attrs.asdict(row) for key, row in made.items()}}
            print("\n".join(lines({path.name: found[path.name]})), flush=True)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    return 0


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield a line of a Markdown table for each document and generator."""
    for name, row in found.items():
        for key in ("ours", "stock", "models"):
            if one := row.get(key):
                yield (
                    f"| {name} | {row['operations']} | {key} | {one['taken']} | {one['operations']} | "
                    f"{one['seconds']:.1f} | {one['mypy']} | {one['examples']} | {one['lines']} | "
                    f"{one['import_ms']:.0f} | {one['why']} |"
                )


def declared(path: Path) -> int:
    """Return how many operations a document has."""
    sys.path.insert(0, str(ROOT))
    from generator import source

    paths = source.load(path, path.name, path.name).root.get("paths") or {}
    return sum(method in item for item in paths.values() for method in _METHODS if isinstance(item, dict))


def ours(path: Path, folder: Path) -> Row:
    """Import the document, generate, and read its examples."""
    row, name = Row(), "made_ours"
    began = processor_seconds()
    upstream = folder / "upstream.yaml"
    done = run([sys.executable, "-m", "generator", "import", path, "-o", upstream, "--quiet"], ROOT)
    if done.returncode == 0:
        done = run([sys.executable, "-m", "generator", "--spec", upstream, "--output", folder / name], ROOT)
    row.seconds = processor_seconds() - began
    if done.returncode:
        return refused(row, done.stderr)
    row.taken = "whole"
    package = folder / name
    row.lines = count(package)
    row.mypy = mypy([sys.executable, "-m", "mypy"], folder, name)
    row.import_ms, row.why = import_ms(sys.executable, folder, [f"{name}.api"])
    code = f"import {name}.api as a; print(len(a.OPERATIONS))"
    row.operations = int(run([sys.executable, "-c", code], folder).stdout or 0)
    row.examples = examples(folder, name)
    return row


def stock(path: Path, folder: Path, binaries: Path) -> Row:
    """Generate with openapi-python-client as it comes."""
    row, package = Row(), folder / "made_stock"
    began = processor_seconds()
    command = [
        binaries / "openapi-python-client",
        "generate",
        "--path",
        path,
        "--meta",
        "none",
        "--output-path",
        package,
    ]
    done = run(command, folder)
    row.seconds = processor_seconds() - began
    if done.returncode or not package.exists():
        return refused(row, done.stdout + done.stderr)
    modules = [file for file in (package / "api").rglob("*.py") if file.name != "__init__.py"]
    row.operations, row.lines = len(modules), count(package)
    row.taken = "whole" if row.operations == declared(path) else "in part"
    row.mypy = mypy([binaries / "python", "-m", "mypy"], folder, "made_stock")
    names = [".".join(file.relative_to(folder).with_suffix("").parts) for file in package.rglob("*.py")]
    names = [name.removesuffix(".__init__") for name in names]
    row.import_ms, row.why = import_ms(binaries / "python", folder, names)
    return row


def models(path: Path, folder: Path, binaries: Path) -> Row:
    """Generate models, which are all that datamodel-code-generator makes."""
    row, package = Row(), folder / "made_models"
    package.mkdir()
    began = processor_seconds()
    command = [
        *(binaries / "datamodel-codegen", "--input", path, "--input-file-type", "openapi"),
        *("--output", package / "__init__.py", "--output-model-type", "pydantic_v2.BaseModel"),
    ]
    done = run(command, folder)
    row.seconds = processor_seconds() - began
    if done.returncode:
        return refused(row, done.stdout + done.stderr)
    row.taken, row.lines = "models", count(package)
    row.mypy = mypy([binaries / "python", "-m", "mypy"], folder, "made_models")
    row.import_ms, row.why = import_ms(binaries / "python", folder, ["made_models"])
    return row


def refused(row: Row, text: str) -> Row:
    """Return the row of a document that was not taken."""
    shown = [line for line in text.strip().splitlines() if line.strip()]
    row.taken, row.why = (
        "refused",
        re.sub(r"\s+|\|", " ", shown[0] if len(shown) == 1 else shown[-1])[-110:] if shown else "",
    )
    return row


def run(command: list[Any], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command."""
    return subprocess.run(
        [str(one) for one in command], cwd=folder, capture_output=True, text=True, check=False, timeout=900
    )


def mypy(command: list[Any], folder: Path, name: str) -> str:
    """Return `clean`, or the number of errors of mypy in strict mode."""
    shown = run([*command, "--strict", "--no-incremental", "-p", name], folder).stdout
    found = re.search(r"Found (\d+) error", shown)
    return f"{found[1]} errors" if found else "clean" if "Success" in shown else "failed"


def import_ms(python: Any, folder: Path, modules: list[str]) -> tuple[float, str]:
    """Return the processor time of an import in a new process, the smallest of five, with byte code; or the error."""
    code = (
        "import importlib, sys, time\nt = time.process_time()\nfor n in sys.argv[1:]: importlib.import_module(n)\n"
        "print((time.process_time() - t) * 1000)"
    )
    done = [run([python, "-c", code, *modules], folder) for _ in range(6)]
    if done[0].returncode:
        return 0.0, f"does not import: {done[0].stderr.strip().splitlines()[-1][:60]}"
    return min(float(one.stdout) for one in done[1:]), ""


def processor_seconds() -> float:
    """Return the processor time of all commands so far; other work on the machine does not count."""
    times = os.times()
    return times.children_user + times.children_system


def count(package: Path) -> int:
    """Return the lines of Python in a package."""
    return sum(len(file.read_text().splitlines()) for file in package.rglob("*.py"))


def examples(folder: Path, name: str) -> str:
    """Read every example of a successful JSON answer, each property of it, and compare what comes back."""
    sys.path.insert(0, str(folder))
    for known in [one for one in sys.modules if one.split(".")[0] == name]:
        del sys.modules[known]
    api, types = importlib.import_module(f"{name}.api"), importlib.import_module(f"{name}.types")
    sys.path.remove(str(folder))
    document = json.loads((folder / name / "openapi.json").read_text())
    good = total = 0
    for operation_id, status, value in _examples(document):
        total += 1
        operation = api.OPERATIONS[operation_id]
        call = types.Call(operation=operation, path=operation.path, response_type=operation.response_type)
        try:
            read = call.read(value, types.Origin(value), status)
            good += _plain(read, types) == value
        except Exception:
            continue
    return f"{good} of {total}" if total else "none"


def _examples(document: dict[str, Any]) -> Iterator[tuple[str, int, Any]]:
    for item in document.get("paths", {}).values():
        for method in _METHODS:
            operation = item.get(method)
            for status, node in (operation or {}).get("responses", {}).items():
                response = _follow(document, node)
                if status[0] != "2":
                    continue
                for media, content in response.get("content", {}).items():
                    if "json" in media:
                        for value in _values(document, content):
                            yield operation["operationId"], int(status.replace("X", "0")), value


def _values(document: dict[str, Any], content: dict[str, Any]) -> Iterator[Any]:
    if "example" in content:
        yield content["example"]
    for node in content.get("examples", {}).values():
        example = _follow(document, node)
        if "value" in example:
            yield example["value"]
    yield from _follow(document, content.get("schema", {})).get("examples", [])


def _follow(document: dict[str, Any], node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        found: Any = document
        for key in node["$ref"].removeprefix("#/").split("/"):
            found = found[key.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


def _plain(read: Any, types: Any) -> Any:
    """Read every property of every view, and return the JSON value."""
    if isinstance(read, types.View | types.DictView):
        for key in dir(type(read)):
            if isinstance(getattr(type(read), key), property):
                _plain(getattr(read, key), types)
        return read.to_dict()
    if isinstance(read, list):
        return [_plain(one, types) for one in read]
    if isinstance(read, dict):
        return {key: _plain(one, types) for key, one in read.items()}
    return read.isoformat() if hasattr(read, "isoformat") else read


if __name__ == "__main__":
    sys.exit(main())
