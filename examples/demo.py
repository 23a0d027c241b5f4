"""The SDK end to end, on a sandbox: find a task, deploy a model, ask it, look at its metrics, stop it."""

from __future__ import annotations

import sys
import time
from typing import Any

from pareta import DeployStream, Pareta
from pareta.sandbox import Sandbox

CONTRACT = (
    "This Agreement is made between Harbor Freight Lines Ltd. and Alder & Pine GmbH. "
    "It takes effect on 1 March 2026 and runs for two years. "
    "Either party may end it with ninety days' notice. "
    "It is governed by the laws of the State of Delaware. "
    "Fees are due within thirty days of the invoice."
)
LIVE = sys.stdout.isatty()


def main() -> None:
    """Tell the story."""
    with Sandbox(seed=7) as sandbox, sandbox.client() as pa:
        say(f"A sandbox of the platform listens at {sandbox.base_url}.")

        step("1. Find a task for an intent")
        match = pa.tasks.match("pull key fields out of contracts")
        if match.chosen is None:
            raise SystemExit("No task fits.")
        task = match.chosen.task_id
        say(f"pa.tasks.match('pull key fields out of contracts')   {task}, score {match.chosen.score}")
        say(f"pa.tasks.recommended({task!r})              {pa.tasks.recommended(task)}")

        step("2. Deploy its recommended model")
        with pa.endpoints.deploy(task=task) as stream:
            endpoint_id = watch(stream)
        endpoint = pa.endpoints.retrieve(endpoint_id)
        say(f"{endpoint.id} is {endpoint.status}, serving {endpoint.model} at {endpoint.url}")

        step("3. Ask it, streamed")
        for question in ("Which law governs the agreement?", "When does it take effect?"):
            say(f"> {question}")
            ask(pa, endpoint.id, question)

        step("4. See what it did and cost")
        tabulate(pa, endpoint.id)

        step("5. Stop it")
        say(f"pa.endpoints.stop({endpoint.id!r})   {pa.endpoints.stop(endpoint.id)}")


def watch(stream: DeployStream) -> str | None:
    """Draw the progress of a deployment; return the endpoint's id."""
    for event in stream:
        data: dict[str, Any] = event["data"]
        if event["event"] == "error":
            raise SystemExit(f"The deployment failed: {data['message']}")
        done = event["event"] == "complete"
        pct, stage = (100, "live") if done else (data["pct"], data["stage"])
        bar = "█" * (pct * 30 // 100)
        line = f"   [{bar:░<30}] {pct:3d} %  {stage:<24}"
        print(f"\r{line}" if LIVE else line.rstrip(), end="" if LIVE and not done else "\n", flush=True)
        if done:
            return str(data["endpoint"]["id"])
    return None


def ask(pa: Pareta, model: str | None, question: str) -> None:
    """Print an answer as it is made."""
    began = time.perf_counter()
    messages: list[Any] = [{"role": "user", "content": f"{question}\n\n{CONTRACT}"}]
    with pa.chat.completions.create(
        model=model, messages=messages, stream=True, stream_options={"include_usage": True}
    ) as answer:
        print("   ", end="")
        for piece in answer.text:
            print(piece, end="", flush=True)
        usage = answer.completion().usage
    print(f"\n   ({usage.completion_tokens} tokens in {(time.perf_counter() - began) * 1000:.0f} ms)")


def tabulate(pa: Pareta, endpoint_id: str | None) -> None:
    """Print the endpoint's metrics."""
    metrics = pa.endpoints.metrics(endpoint_id)
    latency, cost, activity, quality, uptime = (
        metrics.performance(),
        metrics.cost(),
        metrics.activity(),
        metrics.quality(),
        metrics.uptime(),
    )
    rows = [
        ("completions", f"{activity.requests}"),
        ("tokens", f"{activity.prompt_tokens} read, {activity.completion_tokens} written"),
        (
            "latency",
            f"p50 {latency.p50_ms or 0:.0f} ms, p95 {latency.p95_ms or 0:.0f} ms, p99 {latency.p99_ms or 0:.0f} ms",
        ),
        ("availability", f"{uptime.availability or 0:.2%}"),
        ("judged quality", f"{quality.score:.3f} ({quality.scorer})" if quality.score else "not judged yet"),
        ("spend", dollars(cost.spend_micro_usd)),
        ("the same on the frontier", dollars(cost.frontier_baseline_micro_usd)),
        ("saved", dollars(cost.savings_micro_usd)),
    ]
    for name, value in rows:
        say(f"{name:<26}{value}")


def dollars(micro: int | None) -> str:
    """Say micro-USD in dollars."""
    return f"${(micro or 0) / 1_000_000:.6f}"


def step(title: str) -> None:
    """Begin a step."""
    print(f"\n{title}")


def say(text: str) -> None:
    """Print a line of a step."""
    print(f"   {text}")


if __name__ == "__main__":
    main()
