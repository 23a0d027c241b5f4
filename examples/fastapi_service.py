"""Stream answers through a FastAPI service.

`uvicorn fastapi_service:app` serves it. One client serves all requests. When a reader leaves, the stream is closed.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import StreamingResponse

from pareta import APIStatusError, AsyncChatStream, AsyncPareta

MODEL = os.environ.get("PARETA_MODEL", "ep_a1b2c3")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Open the client with the service, and close it with it."""
    async with AsyncPareta.from_env() as app.state.pareta:
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/answer")
async def answer(request: Request, question: str) -> StreamingResponse:
    """Answer a question, piece by piece. An error before the first piece has its status."""
    pa: AsyncPareta = request.app.state.pareta
    try:
        stream = await pa.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": question}], stream=True
        )
    except APIStatusError as error:
        raise HTTPException(error.status_code, str(error.detail)) from error
    return StreamingResponse(pieces(stream), media_type="text/plain; charset=utf-8")


async def pieces(stream: AsyncChatStream) -> AsyncIterator[str]:
    """Yield the text of a stream, and close it whatever happens."""
    async with stream:
        async for text in stream.text:
            yield text
