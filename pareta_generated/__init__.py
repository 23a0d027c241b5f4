"""Pareta API: its operations as values, and its objects as typed views.

Generated from openapi/pareta.yaml. Do not edit: change that file and run `make generate`.
"""

SPEC_SHA256 = "c4410d06afd9e2239e67f8722d5223da4cc5bd15a21d7421c93366986fda27d7"
SPEC_VERSION = "1.0.0"
GENERATOR = "openapi-python-client 0.29.1"
