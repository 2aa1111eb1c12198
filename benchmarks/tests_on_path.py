"""Puts tests/ on the path: what is measured runs on the very servers that the tests start."""

import sys

from processes import HERE

sys.path.insert(0, str(HERE.parent / "tests"))
