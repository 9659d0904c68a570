"""A real Spark standalone cluster: a master and two workers, processes of their own on loopback."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from tests.running import free_port

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 120
# Spark 4.3 is made for Java 17; a newer one may stand before it on the PATH.
_JAVA_17 = Path("/usr/lib/jvm/java-17-openjdk-amd64")
# Each executor has one core of each worker.
_ON_THIS_MACHINE = """\
spark.executor.cores 1
spark.cores.max 2
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.ui.enabled false
spark.connect.grpc.binding.address 127.0.0.1
"""
# Two partitions, as there are few rows.
_FOR_FEW_ROWS = """\
spark.executor.memory 768m
spark.driver.memory 768m
# These JVMs live too short for the second compiler to pay.
spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
spark.sql.shuffle.partitions 2
spark.task.maxFailures 8
"""


def missing() -> str:
    """What is missing for a cluster, as a test's reason to be skipped; '' when all is there."""
    if not all(find_spec(name) for name in ("pyspark", "sqlglot", "grpc")):
        return "pip install -r requirements-spark.txt"
    if not (_JAVA_17.exists() or shutil.which("java")):
        return "apt-get install openjdk-17-jre-headless"
    return ""


def environment(folder: Path) -> dict[str, str]:
    """For master, workers and whoever connects: which Java and Python, and the settings."""
    import pyspark

    found = {
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_CONF_DIR": str(folder / "conf"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "scratch"),
        "SPARK_LOG_DIR": str(folder / "logs"),
        "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "PYSPARK_PYTHON": sys.executable,
    }
    if _JAVA_17.exists():
        found["JAVA_HOME"] = str(_JAVA_17)
    return found


def is_open(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class SparkCluster:
    folder: Path
    port: int = field(default_factory=free_port)
    connect_port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"spark://127.0.0.1:{self.port}"

    @property
    def connect_address(self) -> str:
        return f"sc://127.0.0.1:{self.connect_port}"

    def start_master(self) -> None:
        self._start(
            "master",
            "org.apache.spark.deploy.master.Master",
            *("--host", "127.0.0.1", "--port", str(self.port), "--webui-port", "0"),
        )
        wait_until(lambda: is_open(self.port), "the master listens")

    def start_workers(self, *numbers: int) -> None:
        """Twice as many cores as an application takes there: a load and a dashboard at once."""
        names = [f"worker{number}" for number in numbers]
        for name in names:
            self._start(
                name,
                "org.apache.spark.deploy.worker.Worker",
                *("--host", "127.0.0.1", "--cores", "3", "--memory", "5g", "--webui-port", "0"),
                *("--work-dir", str(self.folder / name), self.address),
            )
        for name in names:
            self._wait_until_registered(name)

    def _wait_until_registered(self, name: str) -> None:
        wait_until(lambda: "Successfully registered" in self.log(name), f"{name} is registered")

    def start_connect(self) -> None:
        self._start(
            "connect",
            "org.apache.spark.deploy.SparkSubmit",
            *("--class", "org.apache.spark.sql.connect.service.SparkConnectServer"),
            *("--master", self.address, "--name", "Connect"),
            *("--conf", f"spark.connect.grpc.binding.port={self.connect_port}"),
            *("--conf", f"spark.executorEnv.PYTHONPATH={ROOT}"),
            "spark-internal",
            memory="768m",
        )
        wait_until(lambda: is_open(self.connect_port), "the Spark Connect server listens")

    def log(self, name: str) -> str:
        return (self.folder / "logs" / f"{name}.log").read_text("utf-8", "replace")

    def kill(self, name: str, sign: int = signal.SIGKILL) -> None:
        """Stop a process with all that it started: a worker with its executors."""
        process = self.processes.pop(name)
        os.killpg(process.pid, sign)
        process.wait()

    def _start(self, name: str, *command: str, memory: str = "256m") -> None:
        env = {**os.environ, **environment(self.folder), "SPARK_DAEMON_MEMORY": memory}
        with (self.folder / "logs" / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [f"{env['SPARK_HOME']}/bin/spark-class", *command],
                env=env,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def wait_until(holds: Callable[[], bool], what: str, seconds: float = SECONDS_TO_START) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


@contextmanager
def spark_cluster(folder: Path, settings: str = _FOR_FEW_ROWS) -> Iterator[SparkCluster]:
    """A master and two workers that are up; all of it is stopped afterwards.

    `settings`, lines of a spark-defaults.conf, are for those who connect.
    """
    for name in ("conf", "scratch", "logs"):
        (folder / name).mkdir(parents=True)
    (folder / "conf" / "spark-defaults.conf").write_text(_ON_THIS_MACHINE + settings, "utf-8")
    cluster = SparkCluster(folder)
    try:
        cluster.start_master()
        cluster.start_workers(1, 2)
        yield cluster
    finally:
        for name in list(cluster.processes):
            cluster.kill(name)
