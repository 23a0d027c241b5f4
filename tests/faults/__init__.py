"""Servers and networks that go wrong, each way in a row: what the client must make of it, over every engine."""
