"""The examples of chat in the README of OpenAI's SDK, as it is installed, with the import changed."""

from __future__ import annotations

import asyncio
import re
import textwrap
from importlib.metadata import metadata

import pytest

from pareta import AsyncPareta
from pareta.sandbox import Sandbox

ANOTHER_PRODUCT = ("workload_identity", "with_streaming_response", "DefaultAioHttpClient")
"""What an example is about that only OpenAI's SDK has."""


def examples() -> list[str]:
    """Return the examples that complete a chat."""
    blocks: list[str] = re.findall(r"```python\n(.*?)```", str(metadata("openai").get_payload()), re.DOTALL)
    return [
        block
        for block in blocks
        if "chat.completions" in block and not any(words in block for words in ANOTHER_PRODUCT)
    ]


def test_there_are_examples() -> None:
    """Nothing below passes for want of an example."""
    assert len(examples()) >= 4


@pytest.mark.parametrize("example", examples(), ids=range(len(examples())))
def test_an_example_of_openai_runs(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, example: str) -> None:
    """With `pareta` for `openai` and an endpoint for the model, the example does what it does there."""
    monkeypatch.setenv("PARETA_API_KEY", sandbox.api_key)
    monkeypatch.setenv("PARETA_BASE_URL", sandbox.base_url)
    code = example.replace("import AsyncOpenAI", "import AsyncPareta as AsyncOpenAI")
    code = code.replace("import OpenAI", "import Pareta as OpenAI").replace("from openai", "from pareta")
    code = code.replace("import openai", "import pareta as openai")
    code = re.sub(r'model="[^"]*"', 'model="ep_a1b2c3"', code)

    async def run() -> None:
        async with AsyncPareta() as client:
            scope: dict[str, object] = {"client": client}
            exec(f"async def example(client):\n{textwrap.indent(code, '    ')}", scope)
            await scope["example"](client)  # type: ignore[operator]

    before = len(sandbox.requests)
    asyncio.run(run())
    completed = sandbox.requests[before:]
    assert [(each.path, each.status) for each in completed] == [("/v1/chat/completions", 200)]
