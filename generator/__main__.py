"""python -m generator: write the generated code, or print how it differs from the committed code."""

from __future__ import annotations

import argparse
import gc
import os
import shlex
import signal
import sys
from pathlib import Path
from types import FrameType

from .plan import Plan
from .problems import GenerationError, RefusedError
from .spec import Spec
from .tree import Module, Package, check_target, diff, write

PROJECT = Path(__file__).resolve().parent.parent
SPEC, PACKAGE = "openapi/pareta.yaml", "pareta_generated"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the result is the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        if arguments[:1] == ["import"]:
            from .door.command import main as import_document

            return import_document(arguments[1:])
        if arguments[:1] == ["diff"]:
            from .diff.command import main as diff_documents

            return diff_documents(arguments[1:], PROJECT, SPEC)
        if arguments[:1] == ["rename"]:
            from .stale import main as rename_operation

            return rename_operation(arguments[1:], PROJECT, SPEC)
        return _run(_options(arguments))
    except RefusedError as refused:
        _print_error(str(refused))
    except GenerationError as stopped:
        _print_error(f"python -m generator: {stopped}")
    except RecursionError:
        _print_error("python -m generator: the document nests too deeply to be generated; flatten it")
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # The reader of the diff has closed the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # Nothing is written yet, and a traceback does not help.
        what = " ".join(f"{type(error).__name__}: {error}".split())
        _print_error(f"python -m generator: cannot generate from this document ({what[:300]})")
    return 1


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m generator", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; print the diff, and fail if there is one")
    parser.add_argument(
        "--house",
        action="store_true",
        help="check the document against the house rules, and SDK and sandbox against it; write nothing",
    )
    parser.add_argument("--spec", type=Path, metavar="FILE", help="another document; requires --output")
    parser.add_argument("--output", type=Path, metavar="DIR", help="the package directory to write for it")
    parser.add_argument("--client", action="store_true", help="clients, too, over the transport and policy of pareta")
    options = parser.parse_args(arguments)
    if (options.spec is None) != (options.output is None) and not (options.house and options.output is None):
        parser.error("--spec and --output go together")
    return options


def _run(options: argparse.Namespace) -> int:
    # Imported here, so that a wrong command line fails at once.
    from . import build, derive, exports, house, methods, reach, source, stale

    ours = options.spec is None
    path = PROJECT / SPEC if ours else options.spec
    document = source.load(path, SPEC if ours else str(path), SPEC if ours else path.name)
    if options.house:
        house.check(document, path)
    plan = _plan(document, build.reserved_members())
    if options.house:
        named = stale.find(document, PROJECT, SPEC) if ours else stale.Stale([], frozenset())
        lacking = reach.missing(document, [one for one in plan.operations if one.id not in named.renamed], PROJECT)
        if ours and (problems := named.problems + lacking):
            raise RefusedError(problems)
        return 0
    target = PROJECT / PACKAGE if ours else options.output.resolve()
    check_target(target)
    command = "make generate"
    if not ours:
        words = ["python", "-m", "generator", "--spec", path.name, "--output", target.name]
        command = shlex.join([*words, *(["--client"] if options.client else [])])
    files, rendered = build.render(document, plan, command, PROJECT if ours else None, client=options.client)
    package, modules = Package(target, files), list[Module]()
    if ours:
        sources = {PROJECT / methods.METHODS: rendered}
        derived = derive.modules(PROJECT, build.format_source, sources)
        texts = sources | derived
        init = exports.module(PROJECT, texts, plan.models.names)
        texts[PROJECT / exports.INIT] = build.format_source(exports.INIT.name, init)
        modules = [Module(file, text) for file, text in texts.items()]
    if not options.check:
        write(package, modules)
        return 0
    lines = diff(package, modules)
    sys.stdout.writelines(line if line.endswith("\n") else f"{line}\n" for line in lines)
    if lines:
        _print_error(f"{target.name} does not match {document.name}: run `{command}`")
    return int(bool(lines))


def _plan(document: Spec, reserved: dict[bool, frozenset[str]]) -> Plan:
    """Return the plan of the package. Raise RefusedError with every problem of the document."""
    from . import lint, operations

    problems = lint.problems(document)
    clean = not problems
    try:
        plan = operations.plan(document, reserved, problems)
    except (AttributeError, KeyError, TypeError, ValueError):
        if clean:
            raise
        raise RefusedError(problems) from None  # They include the cause.
    if problems:
        raise RefusedError(problems)
    return plan


def _print_error(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # A diff has any character.
    gc.disable()  # The process is short, and a large document is many objects to look through.
    signal.signal(signal.SIGTERM, _stop)  # Raises, so that temporary files are removed.
    sys.exit(main())
