"""A real PostgreSQL server for tests, started by them: initdb in a folder of its own."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from adoption.store import Store, open_store
from tests.running import free_port

OLDEST = 15
TEMPLATE = "adoption_template"
# Kills of processes are survived without: only a machine that stops needs what is on the disk.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "autovacuum_naptime": "10min",
    "logging_collector": "off",
    "listen_addresses": "127.0.0.1",
    "ssl": "on",
}
# `secretive` has a password, `private` only comes by TLS; everyone else is believed.
_ACCESS = """
host all secretive 127.0.0.1/32 scram-sha-256
hostnossl all private 127.0.0.1/32 reject
host all all 127.0.0.1/32 trust
"""


def programs() -> Path | None:
    """The folder of the newest installed server that is new enough."""
    found = [
        path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()
    ]
    found = sorted(found, key=lambda path: int(path.parent.name))
    if (path := shutil.which("initdb")) and not found:
        found = [Path(path).resolve().parent]
    if not found:
        return None
    said = subprocess.check_output([found[-1] / "postgres", "--version"], text=True)
    return found[-1] if int(said.split()[2].split(".")[0]) >= OLDEST else None


def _user() -> dict[str, Any]:
    """As whom it runs, for subprocess: a server refuses to be root's."""
    if os.getuid() != 0:
        return {}
    known = pwd.getpwnam("postgres")
    return {"user": known.pw_uid, "group": known.pw_gid, "extra_groups": []}


def self_signed(certificate: Path, key: Path) -> None:
    """A certificate for this machine, and its key."""
    how = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    whose = "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    files = ["-keyout", str(key), "-out", str(certificate)]
    command = ["openssl", *how.split(), *whose.split(), *files]
    subprocess.run(command, check=True, capture_output=True)


class Server:
    """Listens on a port of its own on this machine; `certificate` is what it shows for TLS."""

    def __init__(self, folder: Path, programs: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self._settings = _SETTINGS | dict(settings)
        self.port = free_port()
        self.programs = programs
        self.certificate, key = folder / "server.pem", folder / "server.key"
        self_signed(self.certificate, key)
        key.chmod(0o600)
        self._user = _user()
        for path in (folder, self.certificate, key) if self._user else ():
            os.chown(path, self._user["user"], self._user["group"])
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        self._made: list[str] = []
        data = folder / "data"
        made = [f"--pgdata={data}", "--encoding=UTF8", "--locale=C", "--username=owner"]
        subprocess.run(
            [programs / "initdb", *made, "--auth=trust", "--no-sync"],
            check=True,
            capture_output=True,
            cwd="/",
            **self._user,
        )
        (data / "pg_hba.conf").write_text(_ACCESS)
        self.start()

    def start(self) -> None:
        settings = self._settings | {
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "ssl_cert_file": str(self.certificate),
            "ssl_key_file": str(self.folder / "server.key"),
        }
        stated = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        until = time.monotonic() + 60
        with (self.folder / "log").open("ab") as log:
            while not self._answers(until):
                if time.monotonic() > until:
                    raise RuntimeError(f"the server does not start: {self.folder}/log")
                # Again: the last processes of a killed server may have been there still.
                self._process = subprocess.Popen(
                    [self.programs / "postgres", "-D", self.folder / "data", *stated],
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    start_new_session=True,
                    **self._user,
                )

    def _answers(self, until: float) -> bool:
        """Whether it is up, once it is or has ended."""
        while self._process is not None and self._process.poll() is None:
            try:
                psycopg.connect(self._conninfo("postgres")).close()
                return True
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    return False
                time.sleep(0.02)
        return False

    def _conninfo(self, database: str, user: str = "owner") -> str:
        return f"host=127.0.0.1 port={self.port} user={user} dbname={database} sslmode=disable"

    def kill(self) -> None:
        """kill -9: its other processes end when they find it gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def execute(
        self, statement: str, database: str = "postgres", user: str = "owner"
    ) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._conninfo(database, user), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def url(
        self, database: str, folder: Path | None = None, user: str = "owner", **more: str
    ) -> str:
        where = {"data": str(folder or self.folder / "no-data")}
        stated = {"sslmode": "disable"} | where | more
        query = "&".join(f"{name}={value}" for name, value in stated.items())
        return f"lake+postgresql://{user}@127.0.0.1:{self.port}/{database}?{query}"

    def new_database(self, *, template: str = TEMPLATE) -> str:
        """One with the program's tables; its own order of texts is none of ours, on purpose."""
        if not self.execute(f"SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}'"):
            self.execute(
                f"CREATE DATABASE {TEMPLATE} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' "
                "LOCALE_PROVIDER icu ICU_LOCALE 'zh-Hant-TW-u-co-stroke'"
            )
            made = open_store(self.url(TEMPLATE))
            made.upgrade()
            made.close()
        name = f"store_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        self._made.append(name)
        return name

    def drop_databases(self) -> None:
        """Those that were made so far."""
        while self._made:
            self.execute(f"DROP DATABASE {self._made.pop()} WITH (FORCE)")

    def new_store(self, folder: Path) -> Store:
        return open_store(self.url(self.new_database(), folder))


@contextmanager
def server(programs: Path, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """One that runs; `settings` in place of those for tests."""
    folder = Path(tempfile.mkdtemp(prefix="adoption-postgresql-"))
    started = None
    try:
        started = Server(folder, programs, settings or {})
        yield started
    finally:
        if started is not None:
            started.stop()
        shutil.rmtree(folder, ignore_errors=True)
