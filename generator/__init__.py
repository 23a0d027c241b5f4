"""Generates `pareta_generated/` from the document, and `pareta/_sync/` from `pareta/_async/`."""
