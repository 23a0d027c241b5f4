"""python -m generator import: turn a published document into one that generates."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import Any

from .. import source
from ..problems import Pointer, RefusedError
from ..spec import Spec, entries
from ..tree import Module, replace
from . import bundle, components, gaps, operation_ids, overlay, repair, streams, three_way, versions
from .document import Import
from .yaml_writer import dump


def main(arguments: list[str]) -> int:
    """Run the command line; the result is the exit code. A refusal is raised."""
    parser = argparse.ArgumentParser(prog="python -m generator import", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help="an OpenAPI document, 3.0 or 3.1, JSON or YAML")
    parser.add_argument("-o", "--output", type=Path, default=Path("openapi/upstream.yaml"), metavar="FILE")
    parser.add_argument("--fixes", type=Path, metavar="FILE", help="an overlay; fixes.yaml beside the output")
    from_ = "compare with this document, as it came; with the output as it stands by default"
    parser.add_argument("--from", type=Path, metavar="FILE", dest="former", help=from_)
    parser.add_argument("--skip", action="append", default=[], metavar="OPERATION", help="leave out an operation")
    parser.add_argument("--json", action="store_true", help="print what they changed and what collides as JSON")
    parser.add_argument("--quiet", action="store_true", help="do not list what was done")
    options = parser.parse_args(arguments)
    fixes: Path = options.fixes or options.output.with_name("fixes.yaml")
    work, shown, since = run(options.file, options.output, fixes, options.skip, options.former)
    if not options.quiet:
        sys.stderr.write("".join(f"{line}\n" for line in work.lines()))
    sys.stdout.write((three_way.as_json if options.json else three_way.text)(shown, since))
    return 0


def run(
    path: Path, output: Path, fixes: Path, skip: list[str], former: Path | None
) -> tuple[Import, three_way.View, str]:
    """Import the document at `path` into `output`. Return what changed since `former`, and its name, too."""
    before = _last(output)
    overlay_ = overlay.load(fixes, fixes.name) if fixes.exists() else None
    work, applied, pinned = _import(path, overlay_, skip, _ids(before))
    actions = [_pin(pointer, name) for pointer, name in pinned]
    listed = [*entries(overlay_.root.get("actions") if overlay_ else None), *actions]
    imported = {"file": path.name, "overlay": overlay.digest([listed, sorted(skip)])}
    work.root["x-import"] = imported | ({"fixes": three_way.records(applied)} if applied else {})
    if former is not None:
        other, applied_, _ = _import(former, overlay_, skip, _ids(before), strict=False)
        other.root["x-import"] = imported | {"fixes": three_way.records(applied_)}
        before = other.spec
    written = (
        f"# Imported from {path.name}. Do not edit: put changes into {fixes.name} and import again.\n{dump(work.root)}"
    )
    new = Spec(output.name, output.name, work.root, source.locator(written, output.name))
    shown = three_way.view(before, new, applied)
    modules = [Module(output, written)]
    if pinned:
        modules.append(Module(fixes, overlay.extended(fixes, actions)))
    replace(modules)
    return work, shown, str(former or f"the last import into {output.name}")


def _import(
    path: Path, fixes: Spec | None, skip: list[str], ids: dict[tuple[str, str], str], *, strict: bool = True
) -> tuple[Import, list[overlay.Fix], list[tuple[Pointer, str]]]:
    """Import the document at `path`. Return it, the fixes that were applied, and names to pin.

    Without `strict`, fixes and operations to skip may be missing in it.
    """
    work = Import(source.load(path, str(path), path.name, merge=True))
    bundle.bundle(work, path)
    streams.describe(work)
    versions.upgrade(work)
    repair.repair(work)
    gaps.fill(work)
    applied = overlay.apply(work, fixes, strict=strict) if fixes else []
    named = {leaf[:3] for fix in applied for leaf in fix.written if leaf[3:] == ("operationId",)}
    pinned = operation_ids.rename(work, ids, named)
    repair.drop(work, skip, strict=strict)
    streams.choose(work)
    components.name_schemas(work)
    work.stop_if_refused()
    return work, applied, pinned


def _last(output: Path) -> Spec | None:
    """Return the document of the last import, if there is one that can be read."""
    if output.exists():
        with contextlib.suppress(RefusedError):
            return source.load(output, f"{output.name} (before)", output.name)
    return None


def _ids(before: Spec | None) -> dict[tuple[str, str], str]:
    operations = before.operations() if before else ()
    return {(pointer[1], pointer[2]): str(operation.get("operationId")) for pointer, operation in operations}


def _pin(pointer: Pointer, name: str) -> dict[str, Any]:
    path = pointer[1].replace("\\", "\\\\").replace("'", "\\'")
    return {
        "target": f"$.paths['{path}'].{pointer[2]}",
        "description": "Another operation has the short name; rename this one as you like.",
        "update": {"operationId": name},
    }
