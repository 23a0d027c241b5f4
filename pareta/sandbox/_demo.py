"""Traffic on a sandbox, so that there is something to see: `--demo`."""

import random
import time
from threading import Thread

from pareta import Pareta, ParetaError

_DEPLOYED = {"demo-contracts": "contract-key-fields", "demo-invoices": "invoice-fields"}
_QUESTIONS = (
    "Which law governs the agreement? It is governed by the laws of Delaware.",
    "What is due? The invoice total is 420 dollars, due within thirty days.",
    "Who signs? Alder & Pine GmbH signs, and Harbor Freight Lines Ltd. after it.",
)
_REQUESTS_A_SECOND = 4.0


def start_traffic(base_url: str, api_key: str) -> None:
    """Deploy models and ask them questions, in a thread that ends with the process."""
    Thread(target=_run, args=(base_url, api_key), name="demo", daemon=True).start()


def _run(base_url: str, api_key: str) -> None:
    dice = random.Random(7)  # noqa: S311  # No secret: which question is next.
    with Pareta(api_key=api_key, base_url=base_url, max_retries=0) as pa:
        for name, task in _DEPLOYED.items():
            try:
                pa.endpoints.deploy(task=task, name=name, wait=True)
            except ParetaError:
                continue  # It is in the state file from an earlier run.
        while True:
            question = dice.choice(_QUESTIONS)
            try:
                pa.chat.completions.create(
                    model=dice.choice(list(_DEPLOYED)), messages=[{"role": "user", "content": question}]
                )
            except ParetaError:
                time.sleep(1)  # Somebody stopped it, or the balance is empty.
            time.sleep(dice.expovariate(_REQUESTS_A_SECOND))
