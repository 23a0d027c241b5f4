"""python -m generator import: turn a published document into one that generates."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import Any

from .. import source
from ..problems import RefusedError
from ..spec import Spec, at
from ..tree import Module, replace
from . import bundle, components, gaps, operation_ids, overlay, repair, streams, versions
from .document import Import
from .yaml_writer import dump


def main(arguments: list[str]) -> int:
    """Run the command line; the result is the exit code. A refusal is raised."""
    parser = argparse.ArgumentParser(prog="python -m generator import", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help="an OpenAPI document, 3.0 or 3.1, JSON or YAML")
    parser.add_argument("-o", "--output", type=Path, default=Path("openapi/upstream.yaml"), metavar="FILE")
    parser.add_argument("--fixes", type=Path, metavar="FILE", help="an overlay; fixes.yaml beside the output")
    parser.add_argument("--skip", action="append", default=[], metavar="OPERATION", help="leave out an operation")
    parser.add_argument("--quiet", action="store_true", help="do not list what was done")
    options = parser.parse_args(arguments)
    fixes: Path = options.fixes or options.output.with_name("fixes.yaml")
    work = run(options.file, str(options.file), options.output, fixes, options.skip)
    if not options.quiet:
        sys.stderr.write("".join(f"{line}\n" for line in work.lines()))
    return 0


def run(path: Path, file: str, output: Path, fixes: Path, skip: list[str]) -> Import:
    """Import the document at `path` into `output`."""
    work = Import(source.load(path, file, path.name, merge=True))
    before = _last(output)
    bundle.bundle(work, path)
    streams.describe(work)
    versions.upgrade(work)
    repair.repair(work)
    gaps.fill(work)
    targets: dict[str, str] = {}
    if fixes.exists():
        targets = overlay.apply(work, overlay.load(fixes, fixes.name))
    pinned = operation_ids.rename(work, _ids(before))
    repair.drop(work, skip)
    streams.choose(work)
    components.name_schemas(work)
    work.stop_if_refused()
    _compare(work, before, targets)
    work.root["x-import"] = {"file": path.name, "fixes": targets} if targets else {"file": path.name}
    notice = f"# Imported from {path.name}. Do not edit: put changes into {fixes.name} and import again.\n"
    written = [Module(output, notice + dump(work.root))]
    if pinned:
        written.append(Module(fixes, overlay.extended(fixes, [_pin(pointer, name) for pointer, name in pinned])))
    replace(written)
    return work


def _last(output: Path) -> Spec | None:
    """Return the document of the last import, if there is one that can be read."""
    if output.exists():
        with contextlib.suppress(RefusedError):
            return source.load(output, output.name, output.name)
    return None


def _ids(before: Spec | None) -> dict[tuple[str, str], str]:
    operations = before.operations() if before else ()
    return {(pointer[1], pointer[2]): str(operation.get("operationId")) for pointer, operation in operations}


def _pin(pointer: tuple[str, ...], name: str) -> dict[str, Any]:
    path = pointer[1].replace("\\", "\\\\").replace("'", "\\'")
    return {
        "target": f"$.paths['{path}'].{pointer[2]}",
        "description": "Another operation has the short name; rename this one as you like.",
        "update": {"operationId": name},
    }


def _compare(work: Import, before: Spec | None, targets: dict[str, str]) -> None:
    """Note where upstream changed what a fix changes, too: whether the fix is still right has to be looked at."""
    known = at(before.root if before else {}, "x-import", "fixes")
    for target, was in targets.items():
        if target in known and known[target] != was:
            work.note((), f"fixes.yaml: upstream changed what {target} selects since the last import; look at the fix")
