"""The blocking world: drivers and engines by hand, resources derived from `pareta._async`."""
