"""Use an endpoint in LangChain.

`pip install langchain-openai`. OpenAI's client, which `pa.openai()` gives, names the base URL and the key.
"""

from __future__ import annotations

import sys

from langchain_openai import ChatOpenAI

from pareta import Pareta


def main(model: str, question: str) -> None:
    """Print an answer."""
    with Pareta.from_env() as pa, pa.openai() as client:
        chat = ChatOpenAI(model=model, base_url=str(client.base_url), api_key=lambda: client.api_key)
        print(chat.invoke(question).text)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
