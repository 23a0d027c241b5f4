"""Pareta API: operations as values, and objects as typed views.

Generated from openapi/pareta.yaml. Do not edit: change that file and run `make generate`.
"""

SPEC_SHA256 = "4df369c63ad755acd148319151ad34afd1ec893859ebf7eaeddde1cfb63fc0b7"
SPEC_VERSION = "1.0.0"
GENERATOR = "openapi-python-client 0.29.1"
