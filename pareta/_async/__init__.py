"""The asyncio world: drivers and engines, and the resources that `pareta._sync` is derived from."""
