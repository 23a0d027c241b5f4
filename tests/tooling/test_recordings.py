"""vcrpy records what a default client receives, and replays it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import vcr
from modes import KEY, Mode
from wire import DONE, Wire, answer, delta, stream

ASK: list[Any] = [{"role": "user", "content": "Hello?"}]
MODELS = answer({"object": "list", "data": [{"id": "ep_1"}]})
CHAT = stream(delta("Good"), delta(" day"), delta(finish="stop"), DONE)
Serve = Callable[..., Wire]


@pytest.fixture
def recorder(tmp_path: Path) -> Any:
    """Give vcrpy, which leaves the key out."""
    return vcr.VCR(cassette_library_dir=str(tmp_path), filter_headers=["authorization"])


def test_a_call_is_replayed_with_the_server_gone(mode: Mode, wire: Serve, recorder: Any) -> None:
    """A cassette answers a call as the server did."""
    server = wire(MODELS)
    with recorder.use_cassette("call.yaml"):
        recorded = mode.run(mode.client(server.url).models.list())
    server.close()
    with recorder.use_cassette("call.yaml") as cassette:
        assert mode.run(mode.client(server.url).models.list()) == recorded
        assert cassette.play_count == 1
    assert len(server.received) == 1


def test_a_chat_stream_is_replayed_with_the_server_gone(mode: Mode, wire: Serve, recorder: Any) -> None:
    """A cassette holds a whole stream, and its chunks come as they were recorded."""

    def chunks() -> list[Any]:
        create = mode.client(server.url).chat.completions.create
        return list(mode.each(mode.run(create(model="m", messages=ASK, stream=True))))

    server = wire(CHAT)
    with recorder.use_cassette("chat.yaml"):
        recorded = chunks()
    server.close()
    with recorder.use_cassette("chat.yaml"):
        assert chunks() == recorded
    assert [chunk.choices[0].delta.content for chunk in recorded] == ["Good", " day", None]
    assert len(server.received) == 1


def test_recording_leaves_the_connection_in_use(mode: Mode, wire: Serve, recorder: Any) -> None:
    """Calls that are recorded share a connection."""
    server = wire(MODELS)
    client = mode.client(server.url)
    with recorder.use_cassette("calls.yaml", record_mode="all"):
        for _ in range(3):
            mode.run(client.models.list())
    assert (len(server.received), len(server.peers)) == (3, 1)


def test_the_key_stays_out_of_a_cassette(mode: Mode, wire: Serve, recorder: Any, tmp_path: Path) -> None:
    """`filter_headers` of vcrpy removes the key, which the server has received."""
    server = wire(MODELS)
    with recorder.use_cassette("call.yaml"):
        mode.run(mode.client(server.url).models.list())
    assert server.received[0].headers["authorization"] == f"Bearer {KEY}"
    cassette = (tmp_path / "call.yaml").read_text()
    assert "/v1/models" in cassette
    assert KEY not in cassette
