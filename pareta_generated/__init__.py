"""Pareta API: operations as values, and objects as typed views.

Generated from openapi/pareta.yaml. Do not edit: change that file and run `make generate`.
"""

SPEC_SHA256 = "890e62c9cbd3c8197cfbab61c2e5c20a6910b705afcac4bb12abf2d46e82653b"
SPEC_VERSION = "1.0.0"
GENERATOR = "openapi-python-client 0.29.1"
