"""Writes `pareta_generated/`, and the sync half of the resources, from what they are derived from."""
