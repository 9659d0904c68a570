"""Where queries are computed and large files checked, if not in this process.

$ADOPTION_COMPUTE names a cluster that sees the lake's files; without it DuckDB does all of it.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from adoption.store.address import Address
from adoption.store.catalog import LakeFile
from adoption.store.reader import Reader

Work = Callable[[pa.RecordBatch], pa.Table]


@dataclass(frozen=True)
class SnapshotFiles:
    """What a version consists of: the files of the lake in the folder `data`, as at `snapshot`."""

    data: str
    snapshot: int
    files: Sequence[LakeFile]


class Compute(Protocol):
    def reader(self, lake: Reader, files: Callable[[], SnapshotFiles]) -> Reader:
        """Answers of the version whose files are those, where they differ from time to time (they
        are compacted); what it does not compute is asked of `lake`."""

    def spread(self, work: Work, pieces: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
        """What `work` makes of each of `pieces`, in their order."""


def compute_for(address: Address) -> Compute | None:
    """That of $ADOPTION_COMPUTE; None where it is not set.

    Raises StoreError for one that cannot be, or lacks its packages.
    """
    stated = os.environ.get("ADOPTION_COMPUTE", "")
    if not stated:
        return None
    from adoption.store.spark.compute import SparkCompute  # optional packages

    return SparkCompute(stated, address)
