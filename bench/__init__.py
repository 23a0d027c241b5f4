"""Measures pareta beside other clients, in one run, by the CPU time that each spends: `python -m bench`."""
