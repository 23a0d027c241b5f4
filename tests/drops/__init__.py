"""Calls whose connection is dropped after each byte of their exchange: what is left of them on the platform."""
