"""What the tests of gevent run, in a process of its own: `python gevent_program.py FUNCTION URL KEY`.

It prints what the function returns, and ends with its standard input.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gevent.event import Event  # noqa: E402

from pareta import Pareta  # noqa: E402

ASK: list[Any] = [{"role": "user", "content": "Who signs? Alder & Pine signs."}]


def wait_for_line() -> str:
    """Wait for a line of the test, while greenlets run."""
    line: str = gevent.get_hub().threadpool.apply(sys.stdin.readline)
    return line


def together(client: Pareta, count: int) -> list[int]:
    """Make calls in as many greenlets."""
    greenlets = [gevent.spawn(client.models.list) for _ in range(count)]
    return [len(greenlet.get()) for greenlet in greenlets]


def calls(client: Pareta) -> list[int]:
    """Make 20 calls at a time."""
    return together(client, 20)


def limited(client: Pareta) -> list[int]:
    """Make five calls at a time, of which one may be in flight."""
    with Pareta(api_key=sys.argv[3], base_url=client.base_url, max_connections=1) as narrow:
        return together(narrow, 5)


def streams(client: Pareta) -> list[Any]:
    """Read a completion and a deployment, side by side."""

    def chat() -> str:
        return "".join(client.chat.completions.create(model="ep_a1b2c3", messages=ASK, stream=True).text)

    def deploy() -> list[str]:
        return [event["event"] for event in client.endpoints.deploy(task="invoice-fields")]

    return [greenlet.get() for greenlet in (gevent.spawn(chat), gevent.spawn(deploy))]


def killed_call(client: Pareta) -> int:
    """Kill a call that the server has received, and make another."""
    calling = gevent.spawn(client.models.list)
    wait_for_line()
    calling.kill()
    return len(client.models.list())


def killed_stream(client: Pareta) -> int:
    """Kill a greenlet that waits for the next chunk, and make a call."""
    first = Event()

    def read() -> None:
        for _ in client.chat.completions.create(model="m", messages=ASK, stream=True):
            first.set()

    reading = gevent.spawn(read)
    first.wait()
    reading.kill()
    return len(client.models.list())


def timed_out(client: Pareta) -> str:
    """Let a timeout of gevent end a call."""
    try:
        with gevent.Timeout(2):
            client.models.list()
    except gevent.Timeout:
        return "timed out"
    return "answered"


def left_chat(client: Pareta) -> int:
    """Leave a loop over chunks, and make a call."""
    for _ in client.chat.completions.create(model="m", messages=ASK, stream=True):
        break
    return len(client.models.list())


def left_deploy(client: Pareta) -> int:
    """Leave a loop over progress, and make a call."""
    for _ in client.endpoints.deploy(task="t"):
        break
    return len(client.models.list())


def closed(client: Pareta) -> str:
    """Close a stream while another greenlet waits for its next chunk."""
    first = Event()
    stream = client.chat.completions.create(model="m", messages=ASK, stream=True)

    def read() -> str:
        try:
            for _ in stream:
                first.set()
        except Exception as error:  # The test looks at what it was.
            return str(error)
        return "read to its end"

    reading = gevent.spawn(read)
    first.wait()
    stream.close()
    return str(reading.get(timeout=1))


FORGOTTEN: list[Any] = []


def forgotten(client: Pareta) -> int:
    """Leave a sandbox, a client and its stream open, in greenlets too, until the process is over."""
    from pareta.sandbox import Sandbox

    def read() -> None:
        for _ in client.chat.completions.create(model="m", messages=ASK, stream=True):
            pass

    sandbox = Sandbox(pace=0).start()
    other = sandbox.client()
    FORGOTTEN.extend((sandbox, other, gevent.spawn(read)))
    stream = other.chat.completions.create(model="ep_a1b2c3", messages=ASK, stream=True)
    FORGOTTEN.extend((stream, next(iter(stream))))
    return len(other.models.list())


def main() -> None:
    """Run the function that is named, print its result, and wait for the end of the test."""
    function, url, key = sys.argv[1:]
    with Pareta(api_key=key, base_url=url) as client:
        print(json.dumps(globals()[function](client)), flush=True)  # noqa: T201
        wait_for_line()


if __name__ == "__main__":
    main()
