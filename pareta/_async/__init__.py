"""`AsyncPareta` and its resources. `pareta._sync` is derived from `pareta._async`."""
