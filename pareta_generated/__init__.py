"""Pareta API: operations as values, and objects as typed views.

Generated from openapi/pareta.yaml. Do not edit: change that file and run `make generate`.
"""

SPEC_SHA256 = "65216c8b95a495e62de94bb7ab491992f98aa0dbaa351980071fd1eb2e8512f3"
SPEC_VERSION = "1.0.0"
GENERATOR = "openapi-python-client 0.29.1"
