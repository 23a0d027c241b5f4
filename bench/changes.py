"""python -m bench.changes: what this project's diff calls breaking, beside griffe alone and api-smart-diff.

Each row is an edit of tests/generator/document_edits.py, in one direction. griffe compares the packages that are
generated of both documents; api-smart-diff is an npm package, `--smart` its node_modules.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "generator")]

from document_edits import CORE, EDITS, edited  # noqa: E402  # Found through the line above.

from generator import source  # noqa: E402
from generator.__main__ import main as generate  # noqa: E402
from generator.diff.operations import compare  # noqa: E402
from generator.diff.python_api import compare as compare_packages  # noqa: E402
from generator.spec import Spec  # noqa: E402

SMART = """
const { apiCompare } = require(process.argv[1] + "/api-smart-diff")
const pairs = JSON.parse(require("fs").readFileSync(0, "utf8"))
const types = ([a, b]) => { try { return apiCompare(a, b).diffs.map((d) => d.type) } catch { return ["fails"] } }
process.stdout.write(JSON.stringify(pairs.map(types)))
"""
LEVELS = ("breaking", "risky", "safe")


class Case(NamedTuple):
    """Two documents, and the levels of the kinds of change between them."""

    name: str
    old: str
    new: str


class Row(NamedTuple):
    """What each tool says of a case."""

    level: str
    griffe: str
    smart: str


def main() -> int:
    """Run the command line; the result is the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.changes", description=__doc__)
    parser.add_argument("--smart", type=Path, metavar="DIR", help="node_modules/ with api-smart-diff")
    parser.add_argument("--pairs", type=int, default=0, metavar="N", help="N pairs of edits, in place of single ones")
    options = parser.parse_args()
    cases = list(pairs(options.pairs) if options.pairs else singles())
    smart = by_smart(cases, options.smart) if options.smart else ["not run"] * len(cases)
    with tempfile.TemporaryDirectory() as folder:
        rows = [Row(ours(one), by_griffe(one, Path(folder) / str(n)), smart[n]) for n, one in enumerate(cases)]
    print("| change | pareta | griffe alone | api-smart-diff |\n|---|---|---|---|")
    for case, row in zip(cases, rows, strict=True):
        print(f"| {case.name} | {row.level} | {row.griffe} | {row.smart} |")
    print("\n| pareta says | changes | griffe alone: breaking | api-smart-diff: breaking |\n|---|--:|--:|--:|")
    for level in LEVELS:
        these = [row for row in rows if row.level == level]
        counts = [sum(row.griffe == "breaking" for row in these), sum(row.smart == "breaking" for row in these)]
        print(f"| {level} | {len(these)} | {counts[0]} | {counts[1]} |")
    return 0


def singles() -> Iterator[Case]:
    """Yield each edit in both directions, but each kind of change once."""
    seen = set[str]()
    for edit in EDITS:
        for kind, old, new in ((edit[0], CORE, edited(edit)), (edit[1], edited(edit), CORE)):
            if kind and kind not in seen:
                seen.add(kind)
                yield Case(kind, old, new)


def pairs(count: int) -> Iterator[Case]:
    """Yield a sample of the pairs of edits that can be made together; the same one each time."""
    found = list(itertools.combinations(EDITS, 2))
    random.Random(1).shuffle(found)
    for one, two in found:
        with contextlib.suppress(AssertionError):  # They touch the same text.
            if (new := edited(one, two)) == edited(two, one):
                yield Case(f"{one[0]}, {two[0]}", CORE, new)
                count -= 1
        if not count:
            return


def ours(case: Case) -> str:
    """Return the highest level that the diff of this project finds."""
    made = [Spec("d", "d", source.parse(text, "d"), lambda: {(): (1, 1)}) for text in (case.old, case.new)]
    levels = {one.rule.level for one in compare(*made)}
    return next((level for level in LEVELS if level in levels), "nothing")


def by_griffe(case: Case, folder: Path) -> str:
    """Return whether griffe finds a break between the packages generated of both documents."""
    for name, text in (("old", case.old), ("new", case.new)):
        (folder / name).mkdir(parents=True)
        spec = folder / name / "api.yaml"
        spec.write_text(text, encoding="utf-8")
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            if generate(["--spec", str(spec), "--output", str(folder / name / "made")]):
                return "refused by the generator"
    return "breaking" if compare_packages(folder / "old", folder / "new", ["made"]) else "nothing"


def by_smart(cases: list[Case], modules: Path) -> list[str]:
    """Return what api-smart-diff calls each, at worst."""
    documents = [[source.parse(text, "d") for text in (one.old, one.new)] for one in cases]
    for each in itertools.chain(*documents):
        each["openapi"] = "3.0.3"  # The one that it knows; the edits are of both.
    command = ["node", "-e", SMART, str(modules.resolve())]
    run = subprocess.run(command, input=json.dumps(documents), capture_output=True, text=True, check=True)
    order = ("fails", "breaking", "deprecated", "unclassified", "non-breaking", "annotation")
    return [next((one for one in order if one in types), "nothing") for types in json.loads(run.stdout)]


if __name__ == "__main__":
    sys.exit(main())
