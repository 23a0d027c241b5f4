"""The documentation: its code runs, its recordings are true, and its links lead somewhere."""
