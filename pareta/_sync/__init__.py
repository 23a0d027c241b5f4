# Derived from pareta/_async/__init__.py. DO NOT EDIT: change that file and run `make generate`.
"""`Pareta` and its resources. `pareta._sync` is derived from `pareta._async`."""
