"""docs/tools.md names tests that exist."""

import re
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "tools.md"


def test_the_page_names_tests_that_exist() -> None:
    """Each test that the page names is there, in the file that it names."""
    page = PAGE.read_text()
    texts = {path.name: path.read_text() for path in FOLDER.glob("test_*.py")}
    named = re.findall(r"`(?:(test_\w+\.py)::)?(test_\w+)`", page)
    assert len(named) > 20
    missing = [name for file, name in named if f"def {name}(" not in (texts[file] if file else "".join(texts.values()))]
    assert missing == []
