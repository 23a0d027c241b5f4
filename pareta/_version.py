"""The version of pareta: the one place it stands in."""

__version__ = "0.1.0"
