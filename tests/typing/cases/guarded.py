"""The end-to-end story with the guard that a type checker asks for: nothing in it is refused."""

from typing import reveal_type

from pareta import AsyncPareta, Pareta


def blocking() -> None:
    with Pareta.from_env() as pa:
        match = pa.tasks.match("pull key fields out of contracts")
        if match.chosen is None:
            raise SystemExit("No task fits.")
        endpoint = pa.endpoints.deploy(task=match.chosen.task_id, model="recommended", wait=True)
        answer = pa.chat.completions.create(
            model=endpoint.id,
            messages=[{"role": "user", "content": "Which law governs?"}],
        )
        reveal_type(answer.choices[0].message.content)  # str | None
        reveal_type(pa.endpoints.metrics(endpoint.id).cost())  # EndpointCost
        pa.endpoints.stop(endpoint.id)


async def waiting() -> None:
    async with AsyncPareta.from_env() as pa:
        match = await pa.tasks.match("pull key fields out of contracts")
        if match.chosen is None:
            raise SystemExit("No task fits.")
        endpoint = await pa.endpoints.deploy(task=match.chosen.task_id, wait=True)
        stream = await pa.chat.completions.create(
            model=endpoint.id,
            messages=[{"role": "user", "content": "Which law governs?"}],
            stream=True,
        )
        async for piece in stream.text:
            reveal_type(piece)  # str
        reveal_type((await stream.completion()).usage)  # Usage
        await pa.endpoints.stop(endpoint.id)
