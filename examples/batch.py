"""Answer the lines of a file, and take up where it was broken off.

Questions come from a file, a line each. Answers go to another, as JSON Lines; those that are there are not asked again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pareta import Pareta


def main(model: str, questions: Path, answers: Path) -> None:
    """Ask what has no answer yet."""
    done = len(answers.read_text("utf-8").splitlines()) if answers.exists() else 0
    lines = questions.read_text("utf-8").splitlines()
    with Pareta.from_env() as pa, answers.open("a", encoding="utf-8") as file:
        for number, question in enumerate(lines[done:], done):
            completion = pa.chat.completions.create(
                model=model,
                messages=[{"role": "user", "content": question}],
                idempotency_key=f"{questions.name}-{number}-{model}",  # Broken off and asked again, it is billed once.
            )
            answer = {"question": question, "answer": completion.choices[0].message.content}
            file.write(json.dumps(answer) + "\n")
            file.flush()
    print(f"{len(lines) - done} of {len(lines)} were asked.")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
