"""Queries over large tables, and checks of large files, by a Spark cluster.

Spark reads the Parquet files of the lake where they are; what it makes for this process lies in a
folder beside the store for the moment. So the store's folder is one that all machines see under the
same path.
"""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Table
from sqlalchemy.sql.visitors import iterate

from adoption.store.address import Address
from adoption.store.compute import SnapshotFiles, Work
from adoption.store.errors import StoreError, told
from adoption.store.reader import Query, Reader
from adoption.store.schema import FEEDS, calendar, certificates, reminders, suspensions
from adoption.store.spark.cluster import Cluster, LostError, asked, require_packages
from adoption.store.spark.sql import in_spark_sql
from adoption.store.spark.views import rows_at

_SCHEMES = ("spark://", "sc://")
# Tables that grow with the certificates. A query that reads none of them is over sooner in DuckDB
# than a cluster could be asked.
_LARGE = {table.name for table in (certificates, suspensions, reminders)}
_KNOWN = {*FEEDS, calendar.name}
_COMPRESSED = pa.ipc.IpcWriteOptions(compression="zstd")


class SparkCompute:
    def __init__(self, cluster: str, store: Address) -> None:
        """Nothing is connected to before it is needed."""
        _refuse_unusable(cluster, store)
        require_packages(cluster)
        self._cluster = cluster
        self._store = store

    def reader(self, lake: Reader, files: Callable[[], SnapshotFiles]) -> Reader:
        return _SparkReader(self, lake, files)

    def asked(self, question: Callable[[Cluster], Any]) -> Any:
        return asked(self._cluster, question)

    @contextmanager
    def shared_folder(self) -> Iterator[Path]:
        """Empty, beside the store, and gone afterwards. Workers may run as other users, so its
        permissions are those that the umask leaves."""
        assert self._store.folder is not None  # or it was refused
        folder = self._store.folder.absolute() / f"scratch-{secrets.token_hex(8)}"
        with told(self._store.place):
            folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def spread(self, work: Work, pieces: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
        with self.shared_folder() as folder, told(self._store.place):
            paths = []
            for number, piece in enumerate(pieces):
                path = folder / f"{number:08d}.arrow"
                _write(path, pa.Table.from_batches([piece]))
                paths.append(str(path))
            if not paths:
                return
            self.asked(
                lambda cluster: (
                    cluster.session.createDataFrame(pa.table({"path": paths}))
                    .repartition(len(paths))
                    .mapInArrow(partial(_at_work, work), "path STRING")
                    .toArrow()
                )
            )
            for path in map(_made_of, paths):
                yield _read(path)
                path.unlink()


class _SparkReader:
    def __init__(
        self, compute: SparkCompute, lake: Reader, files: Callable[[], SnapshotFiles]
    ) -> None:
        self._compute = compute
        self._lake = lake
        self._files = files
        self._known: SnapshotFiles | None = None

    def frame(self, query: Query) -> pd.DataFrame:
        if not _is_for_spark(query):
            return self._lake.frame(query)
        rows: pa.Table = self._asked(query, lambda rows: rows.toArrow())
        frame: pd.DataFrame = rows.to_pandas(date_as_object=False)
        return frame

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """By way of files: the answer need not fit into anybody's memory."""
        if not _is_for_spark(query):
            yield from self._lake.batches(query, rows)
            return
        with self._compute.shared_folder() as folder:
            where = f"file://{folder}/answer"
            self._asked(query, lambda rows: rows.write.mode("overwrite").parquet(where))
            for path in sorted((folder / "answer").glob("*.parquet")):
                with pq.ParquetFile(path) as file:
                    yield from file.iter_batches(rows)

    def _asked(self, query: Query, what: Callable[[Any], Any]) -> Any:
        known = self._known = self._known or self._files()
        try:
            return self._asked_of(known, query, what)
        except LostError:
            raise
        except StoreError:
            self._known = self._files()
            if self._known == known:
                raise
            # Its files were merged into others meanwhile.
            return self._asked_of(self._known, query, what)

    def _asked_of(self, known: SnapshotFiles, query: Query, what: Callable[[Any], Any]) -> Any:
        def question(cluster: Cluster) -> Any:
            text, values = in_spark_sql(query, partial(_view, cluster, known))
            return what(cluster.session.sql(text, args=values))

        return self._compute.asked(question)


def _is_for_spark(query: Query) -> bool:
    names = {part.name for part in iterate(query) if isinstance(part, Table)}
    return bool(names & _LARGE) and names <= _KNOWN


def _view(cluster: Cluster, known: SnapshotFiles, name: str) -> str:
    """The view that stands for the table `name`; of the same files, the same for all."""
    of_table = [file for file in known.files if file.table == name]
    what = "\n".join([known.data, str(known.snapshot), *(file.name for file in of_table)])
    digest = hashlib.sha256(what.encode()).hexdigest()[:16]
    return cluster.define(
        f"{name}_{digest}", lambda session: rows_at(session, name, known, of_table)
    )


def _at_work(work: Work, paths: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Writes what `work` makes of the piece in each file, beside it. Runs on the cluster's
    machines; a task that died is done again, so a file is whole once it has its name."""
    for batch in paths:
        for path in batch.column(0).to_pylist():
            (piece,) = _read(Path(path)).combine_chunks().to_batches()
            made, draft = _made_of(path), Path(f"{path}-{secrets.token_hex(8)}")
            _write(draft, work(piece))
            draft.replace(made)
        yield batch


def _made_of(path: str) -> Path:
    return Path(path).with_suffix(".made")


def _write(path: Path, rows: pa.Table) -> None:
    with pa.ipc.new_file(path, rows.schema, options=_COMPRESSED) as file:
        file.write_table(rows)


def _read(path: Path) -> pa.Table:
    with pa.ipc.open_file(path) as file:
        return file.read_all()


def _refuse_unusable(cluster: str, store: Address) -> None:
    if not cluster.startswith(_SCHEMES):
        raise StoreError(
            f"ADOPTION_COMPUTE={cluster}: no cluster; use spark://HOST:PORT or sc://HOST:PORT",
            f"ADOPTION_COMPUTE={cluster}：不是叢集的位址；請用 spark://主機:埠 或 sc://主機:埠",
        )
    if "token=" in cluster:
        place = cluster.partition("/;")[0]
        raise StoreError(
            f"{place}: a token does not belong in an address; "
            "give it in SPARK_CONNECT_AUTHENTICATE_TOKEN",
            f"{place}：位址裡不可放權杖；請改放在環境變數 SPARK_CONNECT_AUTHENTICATE_TOKEN",
        )
    if store.is_bucket or store.folder is None:
        raise StoreError(
            f"{store.place}: Spark reads a store's data in a folder that its workers see, not in a "
            "bucket; unset ADOPTION_COMPUTE, or move the data to such a folder",
            f"{store.place}：Spark 只能讀取放在共用資料夾的資料，不能讀取儲存桶；"
            "請取消 ADOPTION_COMPUTE，或把資料移到共用資料夾",
        )
