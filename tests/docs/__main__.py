"""`python -m tests.docs`: record the outputs of the command lines in the documentation anew."""

from .recording import PAGES, recorded

for path in PAGES:
    path.write_text(recorded(path.read_text("utf-8")), "utf-8")
