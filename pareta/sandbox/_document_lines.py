"""Line numbers of the document: of `openapi/pareta.yaml` in a checkout, else of the package's `openapi.json`."""

import re
from importlib.resources import files
from pathlib import Path

# A key of a block mapping, in YAML or in indented JSON. List items are left out: nothing asks for their lines.
_KEY = re.compile(r"""( *)(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s'"#{}\[\]-][^:]*)):(?:\s|$)""")


def locate(source: str) -> tuple[str, dict[tuple[str, ...], int]]:
    """Return the file that lines refer to, and the line of each key by the keys that lead to it.

    Args:
        source: The path of the YAML document in a checkout, such as `openapi/pareta.yaml`.

    """
    package = files("pareta_generated")
    yaml = Path(str(package)).parent / source
    if yaml.is_file():
        return source, lines(yaml.read_text(encoding="utf-8"))
    return "pareta_generated/openapi.json", lines((package / "openapi.json").read_text(encoding="utf-8"))


def lines(text: str) -> dict[tuple[str, ...], int]:
    """Return the line of each key of a document in block style."""
    found: dict[tuple[str, ...], int] = {}
    above: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        match = _KEY.match(line)
        if match is None:
            continue
        indent = len(match[1])
        while above and above[-1][0] >= indent:
            above.pop()
        above.append((indent, match[2] or match[3] or match[4]))
        found.setdefault(tuple(key for _, key in above), number)
    return found
