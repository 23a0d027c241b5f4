"""The contract suite: pytest modules that check that a server conforms to the OpenAPI document and to its semantics.

    python -m pareta.contract https://api.example.test -k billed --html report.html

The arguments after the URL are pytest's. Without a URL the suite checks a sandbox of its own. Install the extra first:
`pip install './pareta[contract]'`.
"""
