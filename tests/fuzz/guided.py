# ruff: noqa: T201  # It prints what it does.
"""`python -m tests.fuzz.guided --seconds 300`: a fuzzer that follows the code's branches, for what reads raw bytes.

It needs the extra `fuzz`. Each target runs in a process of its own; a finding ends it, and its input is kept.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

SUPPORT = str(Path(__file__).parents[1] / "support")
SEEDS = {
    "sse": [
        b'0\x00event: progress\ndata: {"stage": "x", "pct": 5}\n\n: ping\r\n\r\ndata: [DONE]\n\n',
        b'1\x05data: {"choices": [{"delta": {"content": "Hi", "tool_calls": [{"function": {"arguments": "{"}}]}}]}\n\n',
        b'1\x00data: {"choices": [{"index": 0, "finish_reason": "stop"}], "usage": {"total_tokens": 3}}\n\n',
        b'1\x00data: {"choices": [{"index": 1.0}, {"index": null, "delta": {"tool_calls": [{"index": null}]}}]}\n\n',
        b'1\x00data: {"choices": [{"delta": {"content": [{"text": "a"}, {"type": "x"}], "audio": {"data": "A"}}}]}\n\n',
        b'1\x00data: {"choices": [{"delta": {"images": [{"index": 0, "text": "a"}]}, "error": {"code": 1}}]}\n\n',
        b'2\x0f\xef\xbb\xbfevent: complete\rdata: {"endpoint": {"id": "ep_1", "status": "live"}}\r\r',
        b'1\x01event: error\ndata: {"error": {"message": "no"}}\n\nretry: 5\nid: 7\n\ndata: \xff\xe2\x80\xa8\n\n',
    ],
    "errors": [
        b'\x05content-type: application/json\r\nx-request-id: r\r\n\r\n{"detail": "gone"}',
        b'\x06retry-after: 5\r\nx-should-retry: true\r\n\r\n{"detail": [{"loc": ["body", 0], "msg": "m"}]}',
        b'\x07retry-after: Sun, 06 Nov 2094 08:49:37 GMT\r\n\r\n{"error": {"message": "cold", "code": 1}}',
        b'\x08\r\n\r\n{"errors": [{"code": 1, "message": "m"}], "title": "t", "error": "e", "message": ""}',
        b"\x02location: https://else.example/\r\ncontent-type: text/html\r\n\r\n<html>502</html>",
        b"\x01content-encoding: deflate\r\n\r\nx\x9c\x03\x00\x00\x00\x00\x01",
    ],
}
STATUSES = (199, 204, 301, 400, 401, 404, 422, 429, 503, 599, 999)


def sse(data: bytes) -> None:
    """Read a stream: its first byte says what of, its second how it is cut."""
    from .properties import decoders, event_streams

    kind, size, content = data[:1], (data[1:2] or b"\0")[0], data[2:]
    pieces = [content[at : at + size] for at in range(0, len(content), size)] if size else [content]
    decoders(pieces)
    event_streams(({b"0": "deploy", b"1": "chat"}.get(kind, "events"), pieces, "/v1/endpoints/ep_1"))


def errors(data: bytes) -> None:
    """Read an error's answer: a byte for its status, its headers, and its body."""
    from .properties import arrivals, errors

    status = STATUSES[(data[:1] or b"\0")[0] % len(STATUSES)]
    head, _, body = data[1:].partition(b"\r\n\r\n")
    headers = [
        (name.decode("latin-1"), value.strip().decode("latin-1"))
        for name, _, value in (line.partition(b":") for line in head.split(b"\r\n"))
    ]
    errors((status, headers, body))
    arrivals((status, headers, [body[:10], body[10:]], False))


TARGETS: dict[str, Callable[[bytes], None]] = {"sse": sse, "errors": errors}


def follow(target: str, arguments: list[str]) -> None:
    """Fuzz one target in this process, which ends with it."""
    import atheris  # It comes with the extra alone.

    sys.path.insert(0, SUPPORT)
    with atheris.instrument_imports(include=["pareta", "pareta_generated"], enable_loader_override=False):
        import pareta._content.chat_stream
        import pareta._content.deploy_stream
        import pareta._content.event_stream
        import pareta._policy.deployments  # noqa: F401
    from . import properties  # noqa: F401  # Before the clock runs.

    atheris.Setup([target, *arguments], TARGETS[target])
    atheris.Fuzz()


def main() -> int:
    """Fuzz each target for so long at the same time, and return 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.guided", description=__doc__)
    parser.add_argument("--seconds", type=int, default=300, help="how long (default: %(default)s)")
    parser.add_argument("--keep", type=Path, help="a folder for the inputs that reach new branches; else they are lost")
    given = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        sys.exit("atheris is not installed here: pip install '.[fuzz]', best in an environment of its own")
    findings = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.keep or Path(temporary)).resolve()
        running = {target: start(target, folder, given.seconds) for target in TARGETS}
        for target, process in running.items():
            out, _ = process.communicate()
            rounds = re.findall(r"^#(\d+)", out, re.MULTILINE)
            edges = re.findall(r"cov: (\d+)", out)
            print(
                f"{target}: {int(rounds[-1]) if rounds else 0:,} inputs, {edges[-1] if edges else 0} branches", end=""
            )
            print(f", {'a finding' if process.returncode else 'no finding'}")
            if process.returncode:
                findings += 1
                print(out[-4000:])
    return 1 if findings else 0


def start(target: str, folder: Path, seconds: int) -> subprocess.Popen[str]:
    """Start a process that fuzzes one target."""
    corpus = folder / target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[target]):
        (corpus / f"seed-{number}").write_bytes(seed)
    limits = [
        f"-max_total_time={seconds}",
        "-max_len=4096",
        "-timeout=10",
        "-rss_limit_mb=1024",
        "-print_final_stats=1",
    ]
    arguments = [*limits, f"-artifact_prefix={folder}/", str(corpus)]
    code = f"from tests.fuzz.guided import follow; follow({target!r}, {arguments!r})"
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )


if __name__ == "__main__":
    sys.exit(main())
