"""Compares two versions of the document and of the Python API: what breaks, what may, and what does not."""
