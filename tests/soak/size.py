"""How much a soak test does: a little in the test run, all of it with SOAK=1 (`make soak`)."""

import os

IS_SOAK = os.environ.get("SOAK") == "1"


def many(in_tests: int, in_soak: int, name: str = "") -> int:
    """`in_soak` under SOAK=1, else `in_tests`; the variable `name` overrides both."""
    return int(os.environ.get(name, "0")) or (in_soak if IS_SOAK else in_tests)
