"""`make docs`: put the pages together, generate the reference, and build the site; nothing is downloaded.

    python docs/build.py [--serve] [--into FOLDER]

The pages are docs/*.md and those of the project's root. The reference is read from the code: the command line from
typer, the HTTP API from the document, the Python API from docstrings.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "project")]

from imports import imports, modules  # noqa: E402
from test_layers import ROOMS, room_of  # noqa: E402

import pareta  # noqa: E402
from pareta.cli._main import build as build_commands  # noqa: E402

_parser = argparse.ArgumentParser(prog="docs/build.py", description="Build the documentation site.")
_parser.add_argument("--serve", action="store_true", help="serve it as it is now")
_parser.add_argument("--into", type=Path, default=ROOT / "build" / "docs", help="the folder to build in")
OPTIONS = _parser.parse_args()
WORK = OPTIONS.into
PAGES = WORK / "pages"
SITE = WORK / "site"
COPIED = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "openapi/README.md": "document.md",
}
NAV: dict[str, list[tuple[str, str]]] = {
    "Guides": [
        ("Start", "index.md"),
        ("The command line", "command-line.md"),
        ("Deploying", "deploying.md"),
        ("Chatting, streaming and async", "chatting.md"),
        ("Structured answers, tools and limits", "beyond.md"),
        ("Metrics and cost", "metrics.md"),
        ("Errors and reliability", "reliability.md"),
        ("In your application", "applications.md"),
        ("Many calls", "many-calls.md"),
        ("Testing", "testing.md"),
        ("Checking a server", "contract.md"),
        ("Tools, proxies and certificates", "tools.md"),
        ("From OpenAI's client", "migrating.md"),
        ("Cookbook", "cookbook.md"),
        ("Performance", "performance.md"),
        ("A real model on this machine", "real-model.md"),
        ("Changes", "changelog.md"),
    ],
    "Reference": [
        ("Python", "reference-python.md"),
        ("Command line", "reference-cli.md"),
        ("HTTP", "reference-http.md"),
        ("Every error", "errors.md"),
        ("TypeScript", "typescript.md"),
    ],
    "Maintainers": [
        ("Contributing", "contributing.md"),
        ("Changing the API", "changing-the-api.md"),
        ("The document", "document.md"),
        ("The generator", "generator.md"),
        ("Architecture", "architecture.md"),
    ],
}


def main() -> int:
    """Build the site, or serve it; return the exit status."""
    shutil.rmtree(PAGES, ignore_errors=True)
    PAGES.mkdir(parents=True)
    for path in (ROOT / "docs").iterdir():
        if path.suffix == ".svg":
            shutil.copy(path, PAGES)
    own = {f"docs/{path.name}": path.name for path in (ROOT / "docs").glob("*.md")}
    for source, page in (COPIED | own).items():
        (PAGES / page).write_text(relinked((ROOT / source).read_text("utf-8"), source), "utf-8")
    (PAGES / "rooms.svg").write_text(picture_of_rooms(), "utf-8")
    with (PAGES / "architecture.md").open("a", encoding="utf-8") as page:
        page.write(
            f"\n## Who imports whom\n\nDrawn from the imports as they are.\n\n![{rooms_in_words()}](rooms.svg)\n"
        )
    for name, lines in (
        ("cookbook.md", cookbook()),
        ("reference-cli.md", command_line()),
        ("reference-http.md", http_api()),
        ("reference-python.md", python_api()),
    ):
        (PAGES / name).write_text("\n".join(lines) + "\n", "utf-8")
    (WORK / "mkdocs.yml").write_text(json.dumps(settings(), indent=2), "utf-8")  # JSON is YAML.
    zensical = Path(sys.executable).with_name("zensical")
    if OPTIONS.serve:
        return subprocess.call([zensical, "serve", "-f", WORK / "mkdocs.yml"])
    status = subprocess.call([zensical, "build", "--clean", "--strict", "-f", WORK / "mkdocs.yml"])
    write_for_models()
    return status


def settings() -> dict[str, Any]:
    """Return the settings of the site: no font, no script and no picture from elsewhere."""
    return {
        "site_name": "pareta",
        "site_description": "Deploy open-weights models as OpenAI-compatible endpoints, and call them.",
        "docs_dir": "pages",
        "site_dir": "site",
        "theme": {
            "font": False,
            "features": ["navigation.sections", "content.code.copy", "navigation.footer"],
            "palette": [
                {"media": f"(prefers-color-scheme{when})", "scheme": scheme, "toggle": {"icon": icon, "name": name}}
                for when, scheme, icon, name in (
                    ("", "default", "lucide/sun-moon", "Switch to light mode"),
                    (": light", "default", "lucide/sun", "Switch to dark mode"),
                    (": dark", "slate", "lucide/moon", "Follow the system"),
                )
            ],
        },
        "extra": {"generator": False},
        "plugins": [
            "search",
            {
                "mkdocstrings": {
                    "handlers": {
                        "python": {
                            "paths": [str(ROOT)],
                            "options": {
                                "preload_modules": ["pareta_generated"],
                                "show_source": False,
                                "show_root_heading": True,
                                "heading_level": 3,
                                "inherited_members": True,
                                "members_order": "source",
                                "docstring_section_style": "list",
                            },
                        }
                    }
                }
            },
        ],
        "markdown_extensions": ["tables", {"toc": {"permalink": True}}, "pymdownx.superfences", "pymdownx.highlight"],
        "nav": [{part: [{title: page} for title, page in pages]} for part, pages in NAV.items()],
    }


def relinked(text: str, source: str) -> str:
    """Return a page of the project whose links lead to the site's pages; those to other files become plain text."""
    pages = COPIED | {f"docs/{path.name}": path.name for path in (ROOT / "docs").iterdir()}

    def replace(match: re.Match[str]) -> str:
        words, target = match.groups()
        if "://" in target or target.startswith("#"):
            return match[0]
        path = (ROOT / source).parent.joinpath(target).resolve().relative_to(ROOT).as_posix()
        return f"[{words}]({pages[path]})" if path in pages else words

    return re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", replace, text)


def python_api() -> Iterator[str]:
    """Yield the reference of the Python API: every public name, by what it is."""
    names = [name for name in pareta.__all__ if not name.startswith("_")]
    kinds = {name: getattr(pareta, name) for name in names}
    errors = [name for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, Exception)]
    clients = ["Pareta", "Endpoints", "Metrics", "Models", "Completions", "Chat", "Tasks", "ChatStream", "DeployStream"]
    waiting = [name for name in names if name.startswith("Async")]
    rest = [name for name in names if name not in {*errors, *clients, *waiting}]
    yield "# Python\n\nAll public names, from docstrings. `AsyncPareta` has the methods of `Pareta`; you await them."
    for title, group in (("Clients", clients), ("Objects", rest), ("Exceptions", errors), ("Async", waiting)):
        yield f"\n## {title}\n"
        for name in group:
            yield f"::: pareta.{name}\n"


def command_line() -> Iterator[str]:
    """Yield the reference of the command line, from typer's commands."""
    root = build_commands()
    yield "# Command line\n\n`--json`, `--profile`, `--base-url` and `--api-key-file` stand anywhere in the line."
    yield "See [the guide](command-line.md)."
    yield from command("pareta", root)


def command(name: str, found: Any) -> Iterator[str]:
    """Yield a command, and those below it."""
    children = getattr(found, "commands", {})
    arguments = [param for param in found.params if param.param_type_name == "argument"]
    options = [param for param in found.params if param.param_type_name == "option"]
    own = [
        param
        for param in options
        if name == "pareta" or param.name not in {"json", "profile", "base_url", "api_key_file"}
    ]
    yield f"\n## {name}\n\n{' '.join((found.help or '').split())}\n"
    usage = " ".join(param.make_metavar(None) for param in arguments) if not children else "COMMAND"
    yield f"`{' '.join(filter(None, (name, '[OPTIONS]' if own else '', usage)))}`\n"
    if own:
        yield "| option | meaning | default |\n|---|---|---|"
        for param in own:
            flags = ", ".join(f"`{each}`" for each in (*param.opts, *param.secondary_opts))
            default = "" if param.default in (None, False, True) or callable(param.default) else f"`{param.default}`"
            yield f"| {flags} | {param.help or ''} | {default} |"
    if found.epilog:
        yield f"\n{found.epilog}"
    for child, below in children.items():
        yield from command(f"{name} {child}", below)


def http_api() -> Iterator[str]:
    """Yield the reference of the HTTP API, from the document."""
    spec = json.loads((ROOT / "pareta_generated" / "openapi.json").read_text("utf-8"))
    yield f"# HTTP\n\n{spec['info'].get('description', '')}\n"
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            if not isinstance(operation, dict) or "operationId" not in operation:
                continue
            yield f"\n## {method.upper()} {path}\n\n**{operation['summary']}**. {operation.get('description', '')}\n"
            params = [resolve(spec, each) for each in [*item.get("parameters", []), *operation.get("parameters", [])]]
            if params:
                yield "| parameter | in | meaning |\n|---|---|---|"
                yield from (f"| `{each['name']}` | {each['in']} | {one_line(each)} |" for each in params)
            yield "\n| status | body | meaning |\n|---|---|---|"
            for status, response in operation["responses"].items():
                found = resolve(spec, response)
                kinds = ", ".join(f"`{kind}` {schema_link(media)}" for kind, media in found.get("content", {}).items())
                yield f"| {status} | {kinds} | {one_line(found)} |"
    yield "\n## Schemas\n"
    for name, schema in spec["components"]["schemas"].items():
        yield f"\n### {name}\n\n{schema.get('description', '')}\n"
        if "properties" in schema:
            yield "| field | type | meaning |\n|---|---|---|"
            for field, found in schema["properties"].items():
                kind = found.get("type", found.get("$ref", "").rpartition("/")[2] or "any")
                shown = " or ".join(kind) if isinstance(kind, list) else kind
                yield f"| `{field}` | {shown} | {one_line(resolve(spec, found))} |"


def resolve(spec: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference refers to, with its own description."""
    if "$ref" not in found:
        return found
    target: Any = spec
    for part in found["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return {**target, **{key: value for key, value in found.items() if key != "$ref"}}


def schema_link(media: dict[str, Any]) -> str:
    """Return a link to a schema that has a name."""
    name = str(media.get("schema", {}).get("$ref", "")).rpartition("/")[2]
    return f"[{name}](#{name.lower()})" if name else ""


def one_line(found: dict[str, Any]) -> str:
    """Return a description for the cell of a table."""
    return " ".join(found.get("description", "").split()).replace("|", "\\|")


def cookbook() -> Iterator[str]:
    """Yield the examples: what each does, and its code, which a test runs."""
    yield "# Cookbook\n\nShort programs, each run by a test. They are in `examples/`."
    for path in sorted((ROOT / "examples").glob("*.py")):
        source = path.read_text("utf-8")
        text = ast.get_docstring(ast.parse(source)) or ""
        title, _, rest = text.partition("\n")
        code = source[source.index('"""', 3) + 3 :].strip()
        yield f"\n## {title.rstrip('.')}\n\n{rest.strip()}\n\n`examples/{path.name}`\n\n```python\n{code}\n```"


def rooms_in_words() -> str:
    """Return what the picture of the rooms shows."""
    return "; ".join(f"{a} imports {', '.join(sorted(below))}" for a, below in sorted(edges().items()))


def edges() -> dict[str, set[str]]:
    """Return which room imports which, from the code."""
    found: dict[str, set[str]] = {room: set() for room in ROOMS}
    for module, path in modules("pareta").items():
        room = room_of(module)
        for each in imports(module, path) if room else ():
            if (other := room_of(each.name)) and other != room:
                found[str(room)].add(other)
    return found


def picture_of_rooms() -> str:
    """Return the rooms and their imports as an SVG, users above and bytes below."""
    places = {
        "_async": (20, 20),
        "_sync": (330, 20),
        "_policy": (20, 130),
        "_transport": (330, 130),
        "_content": (175, 240),
    }
    parts: list[str] = []
    for room, below in edges().items():
        x, y = places[room.removeprefix("pareta.")]
        for other in below:
            a, b = places[other.removeprefix("pareta.")]
            line = f"M{x + 75} {y + 44}L{a + 75} {b}"
            parts.append(f'<path d="{line}" stroke="#7a8699" stroke-width="1.5" marker-end="url(#end)"/>')
    for name, (x, y) in places.items():
        parts.append(f'<rect x="{x}" y="{y}" width="150" height="44" rx="6" fill="#e8eefc" stroke="#3b5fc0"/>')
        parts.append(f'<text x="{x + 75}" y="{y + 27}" text-anchor="middle" fill="#1c2a4a">{name}</text>')
    end = (
        '<marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#7a8699"/></marker>'
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 304" width="500" height="304" fill="none"'
        f' font-family="system-ui, sans-serif" font-size="15"><defs>{end}</defs>{"".join(parts)}</svg>'
    )


def write_for_models() -> None:
    """Write llms.txt, which lists the pages, and llms-full.txt, which holds them."""
    pages = [(part, title, page) for part, found in NAV.items() for title, page in found]
    parts = "\n".join(
        f"\n## {part}\n\n"
        + "\n".join(
            f"- [{title}]({page.removesuffix('.md').replace('index', '.')}/)"
            for each, title, page in pages
            if each == part
        )
        for part in NAV
    )
    (SITE / "llms.txt").write_text(f"# pareta\n\n> {settings()['site_description']}\n{parts}\n", "utf-8")
    full = "\n\n".join((PAGES / page).read_text("utf-8") for _, _, page in pages)
    (SITE / "llms-full.txt").write_text(full, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
