"""Bytes to objects and back: bodies, JSON, server-sent events, responses. No I/O."""
