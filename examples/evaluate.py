"""Ask many questions at once, and report how many answers were right.

The questions are the task's own examples; eight are asked at a time.
"""

from __future__ import annotations

import asyncio
import sys
import time

from pareta import AsyncPareta, ParetaError

AT_A_TIME = 8


async def main(endpoint_id: str) -> None:
    """Ask, count, report."""
    async with AsyncPareta.from_env() as pa:
        endpoint = await pa.endpoints.retrieve(endpoint_id)
        task = await pa.tasks.retrieve(endpoint.task, examples_n=20)
        places = asyncio.Semaphore(AT_A_TIME)

        async def ask(text: str) -> tuple[str | None, float]:
            async with places:
                began = time.perf_counter()
                try:
                    completion = await pa.chat.completions.create(
                        model=endpoint_id, messages=[{"role": "user", "content": text}], deadline=60
                    )
                except ParetaError as error:
                    return f"failed: {error}", time.perf_counter() - began
                return completion.choices[0].message.content, time.perf_counter() - began

        examples = task.examples
        results = await asyncio.gather(*(ask(str(example.input)) for example in examples))
        right = sum(answer == example.output for (answer, _), example in zip(results, examples, strict=True))
        slowest = max((seconds for _, seconds in results), default=0.0)
        print(f"{right} of {len(examples)} answers are right; the slowest took {slowest * 1000:.0f} ms.")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
