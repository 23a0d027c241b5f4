"""A conversation on a terminal: lines with a history, and commands that begin with a slash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pareta import ParetaError

from ._errors import advice_for

if TYPE_CHECKING:
    from ._chat import Conversation

_HELP = (
    "/model ID    ask another endpoint",
    "/system TEXT answer as TEXT says; without one, as before",
    "/save FILE   write the messages to a file, as JSON",
    "/cost        what the answers cost",
    "/exit        leave, as Ctrl-D does",
)


def converse(conversation: Conversation) -> None:
    """Read lines until the end of the input. Ctrl-C breaks an answer off, and is billed all the same."""
    out = conversation.invocation.out
    history = _History()
    out.note(f"{conversation.model} answers; /help lists the commands, Ctrl-D leaves.")
    try:
        while True:
            try:
                line = input("> ").strip()
                if line.startswith("/"):
                    if not _command(conversation, line):
                        return
                elif line:
                    conversation.ask(line)
            except EOFError:
                out.line("")
                return
            except KeyboardInterrupt:
                out.note("")
                out.note("(Ctrl-D leaves)")
            except (ParetaError, OSError, ValueError) as error:
                out.note(f"Error: {error}")
                if advice := advice_for(error):
                    out.note(advice)
    finally:
        history.save()


def _command(conversation: Conversation, line: str) -> bool:
    """Carry out a command; return whether the conversation goes on."""
    out = conversation.invocation.out
    name, _, rest = line.partition(" ")
    rest = rest.strip()
    match name:
        case "/exit" | "/quit":
            return False
        case "/model" if rest:
            conversation.model = rest
        case "/system":
            conversation.system = rest or None
        case "/save" if rest:
            path = Path(rest).expanduser()
            path.write_text(json.dumps(conversation.messages, indent=2, ensure_ascii=False) + "\n", "utf-8")
            out.note(f"{path} is written.")
        case "/cost":
            out.note(conversation.cost())
        case _:
            for each in _HELP:
                out.note(each)
    return True


class _History:
    """The lines of earlier conversations, where there is readline."""

    def __init__(self) -> None:
        from platformdirs import user_state_path

        self._path = user_state_path("pareta", appauthor=False) / "history"
        self._readline: Any = None
        try:
            import readline

            self._readline = readline
            readline.set_auto_history(True)
            readline.read_history_file(self._path)
        except (ImportError, OSError):
            pass

    def save(self) -> None:
        """Keep the last 1,000 lines, readable by their owner alone."""
        if self._readline is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
            self._readline.set_history_length(1000)
            self._readline.write_history_file(self._path)
        except OSError:
            pass  # A folder that cannot be written to costs the history alone.
