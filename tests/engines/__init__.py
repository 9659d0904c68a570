"""The engines that a store can be on, as tests want them: empty, and as many as they like.

`ENGINES` names the fixtures (tests/conftest.py) that are run one after another by a test that asks
for `engine`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from adoption.store import Store

ENGINES = ("lake_engine", "shared_engine")
# Those whose answers are compared with the embedded one's.
OTHER_ENGINES = ENGINES[1:]


@dataclass(frozen=True)
class Engine:
    """`new` gives an empty store that has its files in a folder, one of its own for each; `clear`
    forgets the stores so far, for a test that makes very many."""

    name: str
    new: Callable[[Path], Store]
    clear: Callable[[], None] = lambda: None
