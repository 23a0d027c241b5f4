"""What a process costs that is started for one thing: to import a client, or to make one and call once."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .environment import ROOT, variables
from .payloads import models

IMPORTS = {"pareta": "import pareta", "pareta+aiohttp": "import pareta", "httpx": "import httpx"}
IMPORTS |= {"aiohttp": "import aiohttp", "openai": "import openai"}
CALLS = {
    "pareta": (
        "from pareta import Pareta\n"
        "client = Pareta(api_key='k', base_url={url!r}, engine='httpx')\n"
        "total = sum(len(model.id) for model in client.models.list())\n"
    ),
    "httpx": (
        "import httpx\n"
        "client = httpx.Client(headers={{'authorization': 'Bearer k'}})\n"
        "answer = client.get({url!r} + '/v1/models').raise_for_status().json()\n"
        "total = sum(len(model['id']) for model in answer['data'])\n"
    ),
    "openai": (
        "import openai\n"
        "client = openai.OpenAI(api_key='k', base_url={url!r} + '/v1')\n"
        "total = sum(len(model.id) for model in client.models.list().data)\n"
    ),
}


class Fresh:
    """Starts processes and takes their CPU time, over that of a bare interpreter."""

    def __init__(self, python: Path, url: str) -> None:
        self._python = python
        self._url = f"{url}/models-3"

    def bare(self) -> float:
        """Return the CPU seconds of an interpreter that does nothing."""
        return self._cpu("pass")

    def sample(self, kind: str, name: str, bare: float) -> float | None:
        """Return the CPU seconds of a process over those of a bare interpreter."""
        code = (IMPORTS if kind == "import" else CALLS).get(name)
        if code is None:
            return None
        if kind != "import":
            code = code.format(url=self._url) + f"assert total == {models(3).total}"
        return self._cpu(code) - bare

    def _cpu(self, code: str) -> float:
        process = subprocess.Popen([self._python, "-c", code], cwd=ROOT, env=variables())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"a process failed: {code}")
        return usage.ru_utime + usage.ru_stime
