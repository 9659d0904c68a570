"""The one connection of this process with a Spark cluster, made when it is first needed.

With spark://HOST:PORT the driver is a JVM beside this process, an application of its own on the
cluster; with sc://HOST:PORT (Spark Connect) it is a server that many share, and no Java is needed
here. A connection that is lost is forgotten, so that whoever asks next makes a new one.
"""

import atexit
import os
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from adoption.store.errors import StoreError

# Where this product lies; executors import it from the same place.
ROOT = Path(__file__).resolve().parents[3]
SECONDS_TO_REACH = 3.0
# So long may running work be without a single executor, or a new session wait for its first.
SECONDS_WITHOUT_EXECUTORS = 60.0
# Each version of a table is a view of its own; so many of those used last are kept.
_MOST_VIEWS = 200
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
}
_SETTINGS_OF_DRIVER = {
    "spark.scheduler.mode": "FAIR",  # a click does not wait for the end of a check
    "spark.ui.showConsoleProgress": "false",
    "spark.executorEnv.PYTHONPATH": str(ROOT),
}

_Answer = TypeVar("_Answer")
_connecting = threading.RLock()
_clusters: dict[str, "Cluster"] = {}


class LostError(StoreError):
    """The cluster went away, before or while it was asked."""


def require_packages(address: str) -> None:
    """Raises StoreError, saying what to install, where Spark's packages are missing."""
    if not all(find_spec(name) for name in ("pyspark", "sqlglot")):
        raise StoreError(
            f"{address}: Spark needs more packages: pip install -r requirements-spark.txt",
            f"{address}：使用 Spark 需要另外的套件：pip install -r requirements-spark.txt",
        )


def cluster_at(address: str) -> "Cluster":
    """The connection with `address`, made anew where there is none or it is lost.

    Raises StoreError when pyspark or Java is missing or the cluster cannot be reached.
    """
    with _connecting:
        found = _clusters.get(address)
        if found is not None and found.is_alive():
            return found
        forget(address)
        _refuse_unreachable(address)
        found = _clusters[address] = _connected(address)
        return found


def forget(address: str) -> None:
    """Let go of the connection; the next who asks makes a new one."""
    with _connecting:
        found = _clusters.pop(address, None)
        if found is not None:
            found.stop()


@atexit.register
def _forget_all() -> None:
    for address in list(_clusters):
        forget(address)


class Cluster:
    """A session, and the views that are defined in it."""

    def __init__(self, address: str, session: Any) -> None:
        self.address = address
        self.session = session
        self._views: dict[str, None] = {}  # that used last is last
        self._defining = threading.Lock()

    @property
    def _context(self) -> Any:
        """The driver's SparkContext; None where the driver is a server."""
        return None if self.address.startswith("sc://") else self.session.sparkContext

    def is_alive(self) -> bool:
        context = self._context
        if context is None:
            return _is_reachable(self.address) and not self.session.is_stopped
        try:
            if context._jsc is None or context._jsc.sc().isStopped():
                return False
        except Exception:  # the JVM is gone
            return False
        # A master that was started again knows nothing of the applications it had before.
        return _executors(context) > 0 or _asks_when_needed(context)

    def define(self, view: str, frame: Callable[[Any], Any]) -> str:
        """Have `view` stand for the rows of `frame(session)`; its name."""
        with self._defining:
            if view not in self._views:
                frame(self.session).createOrReplaceTempView(view)
            self._views.pop(view, None)
            self._views[view] = None
            if len(self._views) > _MOST_VIEWS:
                oldest = next(iter(self._views))
                self.session.catalog.dropTempView(oldest)
                del self._views[oldest]
        return view

    def stop(self) -> None:
        with suppress(Exception):  # it may be lost already
            self.session.stop()


@contextmanager
def sentences(address: str) -> Iterator[None]:
    """What Spark raises, as a StoreError of one sentence; LostError where the cluster went away."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        if not _is_of_spark(error):
            raise
        reason = _reason(error)
        if _has_lost(address, error):
            raise _lost(address, reason) from error
        raise StoreError(
            f"{address}: Spark could not do what was asked ({reason})",
            f"{address}：Spark 無法完成（{reason}）",
        ) from error


def asked(address: str, question: Callable[[Cluster], _Answer]) -> _Answer:
    """The answer of the cluster; asked once more where the connection turned out to be lost."""
    was_connected = address in _clusters
    try:
        with sentences(address):
            return question(cluster_at(address))
    except LostError:
        forget(address)
        if not was_connected:
            raise
        with sentences(address):
            return question(cluster_at(address))


def _is_of_spark(error: Exception) -> bool:
    return type(error).__module__.split(".")[0] in ("pyspark", "py4j", "grpc") or isinstance(
        error, ConnectionError
    )


def _has_lost(address: str, error: Exception) -> bool:
    found = _clusters.get(address)
    if found is None or isinstance(error, ConnectionError):
        return True
    words = str(error)
    signs = ("SparkContext was shut down", "SESSION_CLOSED", "SESSION_CHANGED", "SESSION_NOT_FOUND")
    return any(sign in words for sign in signs) or not found.is_alive()


def _reason(error: Exception) -> str:
    """The first line of what it says, without the trace of Java."""
    said = getattr(error, "getMessage", None)
    words = str((said() if callable(said) else None) or error)
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    # Py4J begins with a line that says nothing; after it comes the Java exception.
    telling = [line for line in lines if not line.startswith("An error occurred while calling")]
    return (telling or lines or [type(error).__name__])[0].removeprefix(": ")[:300]


def _lost(address: str, reason: str) -> LostError:
    return LostError(
        f"{address}: the Spark cluster cannot be reached ({reason}); see that it runs, then try "
        "again",
        f"{address}：連不上 Spark 叢集（{reason}）；請確認叢集已啟動，再試一次",
    )


def _endpoints(address: str) -> list[tuple[str, int]]:
    """Masters that stand in for each other are listed with commas."""
    scheme, _, rest = address.partition("://")
    found = []
    for each in rest.split("/")[0].split(","):
        parts = urlsplit(f"//{each}")
        try:
            found.append((parts.hostname or "", parts.port or {"sc": 15002}.get(scheme, 7077)))
        except ValueError as error:
            raise StoreError(
                f"{address}: no host and port of a cluster", f"{address}：主機或埠號不正確"
            ) from error
    return found


def _is_reachable(address: str) -> bool:
    for endpoint in _endpoints(address):
        with suppress(OSError), socket.create_connection(endpoint, SECONDS_TO_REACH):
            return True
    return False


def _refuse_unreachable(address: str) -> None:
    if not _is_reachable(address):
        raise _lost(address, "no answer")


def _connected(address: str) -> Cluster:
    # Between Spark and this product go Arrow tables; pandas is not used.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    with sentences(address):
        return _remote(address) if address.startswith("sc://") else _driven(address)


def _remote(address: str) -> Cluster:
    try:
        from pyspark.sql.connect.client.retries import DefaultPolicy
        from pyspark.sql.connect.session import SparkSession
    except ImportError as error:  # grpcio and its like
        raise StoreError(
            f"{address}: Spark Connect needs more packages: pip install -r requirements-spark.txt",
            f"{address}：使用 Spark Connect 需要另外的套件：pip install -r requirements-spark.txt",
        ) from error
    session = SparkSession.builder.remote(address).create()
    # By itself it would wait ten minutes for a server that is gone.
    session.client.set_retry_policies([DefaultPolicy(max_retries=5)])
    for name, value in _SETTINGS.items():
        session.conf.set(name, value)
    return Cluster(address, session)


def _driven(address: str) -> Cluster:
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    for other in [other for other in _clusters if not other.startswith("sc://")]:
        forget(other)  # a process drives one application
    # Executors run the Python of this process, which is expected at the same path there.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    conf = SparkConf().setMaster(address).setAppName("moeaca-adoption")
    for name, value in (_SETTINGS | _SETTINGS_OF_DRIVER).items():
        conf.set(name, value)
    if not _has_gateway(SparkContext):
        try:
            # Its log goes where log4j2.properties in SPARK_CONF_DIR says, not among our messages.
            output = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            SparkContext._gateway = launch_gateway(conf, output)
        except (PySparkRuntimeError, OSError) as error:
            raise StoreError(
                f"{address}: Java cannot be started; install Java 17 and let JAVA_HOME name it "
                "(sc:// addresses need none)",
                f"{address}：無法啟動 Java；請安裝 Java 17 並以 JAVA_HOME 指定"
                "（sc:// 的位址不需要 Java）",
            ) from error
        SparkContext._jvm = SparkContext._gateway.jvm
    context = SparkContext(conf=conf)
    cluster = Cluster(address, SparkSession(context))
    deadline = time.monotonic() + SECONDS_WITHOUT_EXECUTORS
    while _executors(context) == 0 and not _asks_when_needed(context):
        if time.monotonic() > deadline:
            cluster.stop()
            raise _lost(address, "no worker has cores or memory to spare")
        time.sleep(0.1)
    threading.Thread(target=_watch, args=(context,), name=f"watch {address}", daemon=True).start()
    return cluster


def _has_gateway(context: Any) -> bool:
    """Whether the JVM of an earlier connection still answers; a dead one is forgotten."""
    if context._gateway is None:
        return False
    try:
        context._gateway.jvm.System.currentTimeMillis()
    except Exception:
        context._gateway = context._jvm = context._active_spark_context = None
        return False
    return True


def _executors(context: Any) -> int:
    return int(context._jsc.sc().getExecutorMemoryStatus().size()) - 1  # the driver is in it


def _asks_when_needed(context: Any) -> bool:
    """Whether an application without work may have no executors."""
    return str(context.getConf().get("spark.dynamicAllocation.enabled", "false")) == "true"


def _watch(context: Any) -> None:
    """Stop the application when its work has nobody to do it: else it would wait for ever."""
    alone_since: float | None = None
    with suppress(Exception):  # it was stopped
        while not context._jsc.sc().isStopped():
            time.sleep(1)
            has_work = bool(context.statusTracker().getActiveJobsIds())
            if not has_work or _executors(context) > 0:
                alone_since = None
                continue
            alone_since = alone_since or time.monotonic()
            if time.monotonic() - alone_since > SECONDS_WITHOUT_EXECUTORS:
                context._jsc.sc().stop()
