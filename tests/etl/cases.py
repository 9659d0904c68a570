"""Small files that people sent in, each of a kind that was once read wrongly."""

from pathlib import Path

CASES = Path(__file__).parents[1] / "cases"
