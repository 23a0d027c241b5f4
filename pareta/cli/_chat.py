"""`pareta chat`: one question, or a conversation."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._errors import CommandError
from ._invocation import Invocation, complete_model, of
from ._text import clean, dollars

if TYPE_CHECKING:
    from pareta import Pareta


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("chat")(chat)


def chat(  # noqa: PLR0917  # Typer passes keywords.
    context: typer.Context,
    prompt: Annotated[str | None, typer.Argument(help="The question; `-` reads it from stdin.")] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="The endpoint's id.", autocompletion=complete_model)
    ] = None,
    system: Annotated[str | None, typer.Option("--system", "-s", help="How to answer.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=1, help="The longest answer.")] = None,
    temperature: Annotated[float | None, typer.Option(min=0, max=2, help="How freely it answers.")] = None,
) -> None:
    """Ask a model; each answer is billed. Without a prompt, on a terminal, have a conversation.

    With --json it prints the chunks of the stream, as the server sent them.
    """
    invocation = of(context)
    if prompt == "-" or (prompt is None and not sys.stdin.isatty()):
        prompt = _stdin()
    with invocation.client() as client:
        model = model or _only_model(client)
        conversation = Conversation(
            invocation, client, model, system=system, max_tokens=max_tokens, temperature=temperature
        )
        if prompt is not None:
            conversation.ask(prompt)
            return
        from ._repl import converse

        converse(conversation)


class Conversation:
    """The messages so far, and what they were billed."""

    def __init__(
        self,
        invocation: Invocation,
        client: Pareta,
        model: str,
        *,
        system: str | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
    ) -> None:
        self.invocation = invocation
        self.client = client
        self.model = model
        self.system = system
        self.messages: list[Any] = []
        self.answers: dict[str, int] = {}
        """How many answers each model began."""
        self.tokens = 0
        self.max_tokens = max_tokens
        self.temperature = temperature

    def ask(self, prompt: str) -> None:
        """Print the answer to a prompt as it comes, and keep both. What is broken off is not kept."""
        out = self.invocation.out
        message: Any = {"role": "user", "content": prompt}
        sent: list[Any] = [{"role": "system", "content": self.system}] if self.system else []
        with self.client.chat.completions.create(
            model=self.model,
            messages=[*sent, *self.messages, message],
            stream=True,
            stream_options={"include_usage": True},
            max_tokens=self.max_tokens,
            temperature=self.temperature,
        ) as stream:
            self.answers[self.model] = self.answers.get(self.model, 0) + 1  # Billed, also when it is broken off.
            if self.invocation.json:
                for chunk in stream:
                    out.json_line(chunk.to_dict())
            else:
                for text in stream.text:
                    out.prose(text)
                out.line("")
            completion = stream.completion()
        self.messages += [message, {"role": "assistant", "content": completion.choices[0].message.content}]
        self.tokens += (completion.usage.total_tokens or 0) if completion.usage else 0

    def cost(self) -> str:
        """Return what the answers were billed, by the prices of the leaderboards."""
        total = 0
        for model, count in self.answers.items():
            endpoint = self.client.endpoints.retrieve(model)
            entries = self.client.tasks.leaderboard(endpoint.task).models
            price = next((each.cost_per_request_micro_usd for each in entries if each.name == endpoint.model), None)
            if price is None:
                return f"{model} is on no leaderboard, so its price is not known."
            total += count * price
        count = sum(self.answers.values())
        return f"{count} {'answer' if count == 1 else 'answers'}, {self.tokens} tokens, {dollars(total)}"


def _stdin() -> str:
    try:
        text = sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise CommandError(f"stdin is not UTF-8: byte {error.start} is {error.object[error.start]:#04x}.") from None
    if not text.strip():
        raise CommandError("There is no question: stdin is empty.")
    return text


def _only_model(client: Pareta) -> str:
    models = [each.id for each in client.models.list() if each.id]
    if len(models) == 1:
        return models[0]
    callable_now = f"these can be called: {', '.join(map(clean, models))}" if models else "none can be called now"
    raise CommandError(f"Name the model with --model ID; {callable_now}.")
