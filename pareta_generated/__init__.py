"""Pareta API: its operations as values, and its objects as typed views.

Generated from openapi/pareta.yaml. Do not edit: change that file and run `make generate`.
"""

SPEC_SHA256 = "276493be430d30c7fe332e6cd45639c322445ca7bd3177b99d682b6cb035ef58"
SPEC_VERSION = "1.0.0"
GENERATOR = "openapi-python-client 0.29.1"
