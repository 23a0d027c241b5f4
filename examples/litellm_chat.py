"""Use an endpoint in LiteLLM.

`pip install litellm`. It sends with OpenAI's client, which `pa.openai()` gives, with the base URL and the key.
"""

from __future__ import annotations

import sys

from litellm import completion

from pareta import Pareta


def main(model: str, question: str) -> None:
    """Print an answer as it comes."""
    with Pareta.from_env() as pa, pa.openai() as client:
        messages = [{"role": "user", "content": question}]
        for chunk in completion(model=f"openai/{model}", messages=messages, client=client, stream=True):
            print(chunk.choices[0].delta.content or "", end="", flush=True)
        print()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
