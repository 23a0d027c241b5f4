"""Answer the lines of a file, and go on where a run was broken off.

A journal keeps them: run it again after any end, `kill -9` included, and what has an answer is not asked again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pareta import Pareta


def main(model: str, questions: Path, answers: Path) -> None:
    """Ask what has no answer yet, several lines at once, and write all answers as JSON Lines."""
    lines = questions.read_text("utf-8").splitlines()
    with Pareta.from_env() as pa, answers.open("w", encoding="utf-8") as file:
        results = pa.chat.completions.map(lines, model=model, journal=f"{answers}.journal")
        for result in results:
            text = result.completion.choices[0].message.content if result.completion else None
            file.write(json.dumps({"question": result.row, "answer": text}) + "\n")
    print(f"{results.delivered - results.resumed} of {results.delivered} were asked.")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
