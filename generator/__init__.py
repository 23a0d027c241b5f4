"""Generates `pareta_generated/` and the SDK's documented methods from the document, and `pareta/_sync/` from async."""
