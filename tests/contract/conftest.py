"""What the tests of the contract suite share: the planted bugs beside them, and the helpers of tests/support."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent / "planted"), str(Path(__file__).parent.parent / "support")]
