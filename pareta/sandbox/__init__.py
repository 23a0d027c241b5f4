"""The platform on one machine: a stateful server of the API's document, for tests and for the laptop."""

from pareta.sandbox._sandbox import Sandbox

__all__ = ["Sandbox"]
