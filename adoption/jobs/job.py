"""A job: a folder that holds what was asked, the uploaded files, the progress and the results.

    request.json    what is asked for (Request)
    status.json     how far it is (Status)
    file-1-….csv    the uploaded bytes, under a name of our own
    check.json      what a load would do; load.json: what it did; so for reverts
    rejects.json    the rows that it would refuse, as a file to mend (reject_file.py)
    STOP            there once a visitor asks to stop it
    output.txt      what the process printed: nothing, unless it failed
    LOCK            held by the process while it runs

The page writes the request and starts the process; from then on only the process writes. So the
work goes on when the page is closed, and any page finds it again. Every file is replaced in one
step: a reader sees the old text or the new.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import filelock

from adoption.command import CommandError
from adoption.jobs.bounds import ASKED_TO_STOP, STOP, ask_to_stop
from adoption.language import Text
from adoption.store import Store

Kind = Literal["check", "load", "revert_check", "revert"]
# Those that publish: when one ends in its midst, only the history says whether it did.
PUBLISHING: tuple[Kind, ...] = ("load", "revert")
State = Literal["starting", "running", "done", "failed"]

KEPT = timedelta(days=7)
# Uploaded files of a check that nobody decides on: they may hold what nobody wants kept.
UPLOADS_KEPT = timedelta(hours=12)
ROOT = Path(__file__).resolve().parent.parent.parent
_SECONDS_TO_STOP = 5.0
_SECONDS_BETWEEN_LOOKS = 1.0
# What a file keeps of its name: an ending that says what it is. Nothing else becomes a path.
_ENDINGS = re.compile(r"(\.(csv|tsv|txt|xlsx|xls|ods|parquet))?(\.(gz|zip))?$")
STOPPED = Text("作業中途停止；請再試一次", "the job was stopped half-way; try again")


@dataclass(frozen=True)
class Upload:
    """An uploaded file: where it lies in the job's folder, and what its owner calls it."""

    stored: str
    name: str
    feed: str | None = None  # what somebody said that it is


@dataclass(frozen=True)
class Request:
    """What is asked for. `feed` None: guess it; `loads` are those to revert.

    `kept`: the profiles that were there when it was checked, name and text, so that loading reads
    the files as the check did. `ask`: the place of a file whose columns somebody wants to change.
    """

    kind: Kind
    store: str
    by: str
    feed: str | None = None
    profile: str | None = None  # by which to read the files: its text, so that it cannot change
    profile_name: str | None = None
    cut_off: str | None = None
    loads: tuple[int, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    ask: int | None = None
    files: tuple[Upload, ...] = ()


@dataclass(frozen=True)
class Status:
    """`doing` and `share` (0 to 1) while it runs; `zh` and `en` say why it failed.

    `run` tells one start of the job from the next: a check is followed by a load.
    """

    kind: Kind
    state: State
    run: str = ""
    doing: str = ""
    share: float = 0.0
    zh: str = ""
    en: str = ""

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed")


def jobs_folder(store: Store) -> Path:
    """Beside the records; for a store without a folder of its own, in data/jobs."""
    return (store.folder or ROOT / "data").resolve() / "jobs"


@dataclass(frozen=True)
class Job:
    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def request(self) -> Request:
        read = json.loads((self.folder / "request.json").read_text("utf-8"))
        files = tuple(Upload(**file) for file in read.pop("files"))
        loads, kept = tuple(read.pop("loads", ())), tuple(map(tuple, read.pop("kept", ())))
        return Request(**read, files=files, loads=loads, kept=kept)

    @property
    def status(self) -> Status:
        """A job whose process is gone without a word has failed."""
        status = self._written_status()
        if status.state == "running" and not self.is_held():
            status = self._written_status()
            if status.state == "running":
                return stopped(status)
        return status

    def _written_status(self) -> Status:
        return Status(**json.loads((self.folder / "status.json").read_text("utf-8")))

    def is_held(self) -> bool:
        """Whether a process works on it."""
        try:
            with filelock.FileLock(self.folder / "LOCK", timeout=0):
                return False
        except filelock.Timeout:
            return True

    @contextmanager
    def held(self) -> Iterator[None]:
        # Not at once: a page may be looking whether it is held.
        with filelock.FileLock(self.folder / "LOCK", timeout=10):
            yield

    def write(self, name: str, value: Any) -> None:
        draft = self.folder / f"{name}.{secrets.token_hex(4)}.new"
        draft.write_text(json.dumps(value, ensure_ascii=False, default=str), "utf-8")
        draft.replace(self.folder / name)

    def set_status(self, status: Status) -> None:
        self.write("status.json", asdict(status))

    def update(self, **changes: Any) -> None:
        """Change the status. For the process that holds the job."""
        self.set_status(replace(self._written_status(), **changes))

    def set_stopped(self) -> None:
        """For the process that holds the job, before it is ended by a visitor."""
        if not self._written_status().is_over:
            self.update(state="failed", zh=ASKED_TO_STOP.zh, en=ASKED_TO_STOP.en)

    def is_stop_overdue(self) -> bool:
        try:
            asked_at = (self.folder / STOP).stat().st_mtime
        except OSError:
            return False
        return time.time() - asked_at > _SECONDS_TO_STOP

    def stop(self) -> None:
        """Have its process ended, for a visitor who does not want to wait."""
        ask_to_stop(self.folder)

    def result(self, kind: Kind) -> Any:
        """What the process wrote when it was done; None where it did not get so far."""
        path = self.folder / f"{kind}.json"
        return json.loads(path.read_text("utf-8")) if path.exists() else None

    def paths(self) -> list[Path]:
        return [self.folder / file.stored for file in self.request.files]


def stopped(status: Status) -> Status:
    return replace(status, state="failed", zh=STOPPED.zh, en=STOPPED.en)


def new_job(
    folder: Path, request: Request, uploads: Sequence[tuple[str, bytes | memoryview]], now: datetime
) -> Job:
    """A job in `folder` (as of `jobs_folder`) with these files (name, bytes); not started yet."""
    job = Job(folder / f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        job.folder.mkdir(mode=0o700)
        files = tuple(_stored(job, at, *upload) for at, upload in enumerate(uploads, 1))
        job.write("request.json", asdict(replace(request, files=files)))
        job.set_status(Status(request.kind, "starting"))
    except OSError as error:
        shutil.rmtree(job.folder, ignore_errors=True)
        raise CommandError(
            f"檔案存不下來（{error.strerror}），沒有留下任何檔案；請聯絡管理人員清出磁碟空間後再試",
            f"the files cannot be kept ({error.strerror}), none was; ask for space on the disk",
        ) from error
    return job


def _stored(job: Job, number: int, name: str, content: bytes | memoryview) -> Upload:
    """Nobody but the user that the dashboard runs as may read it."""
    stored = f"file-{number}-{secrets.token_hex(4)}{_ending(name)}"
    handle = os.open(job.folder / stored, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return Upload(stored, _display_name(name))


def _ending(name: str) -> str:
    found = _ENDINGS.search(name.lower())
    return found.group() if found else ""


def _display_name(name: str) -> str:
    """The last part of a name, without control characters: text to show, never a path."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(sign for sign in last if sign.isprintable())[:200] or "?"


def start(job: Job, **changes: Any) -> None:
    """Have a process of its own do the job, with `changes` to what was asked."""
    (job.folder / STOP).unlink(missing_ok=True)
    request = replace(job.request, **changes)
    job.write("request.json", asdict(request))
    run = secrets.token_hex(4)
    job.set_status(Status(request.kind, "starting", run))
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    with (job.folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "adoption.jobs", str(job.folder)],
            env=os.environ | {"PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # stopping the dashboard does not stop it
        )
    threading.Thread(target=_see_it_end, args=(job, process, run), daemon=True).start()


def _see_it_end(job: Job, process: subprocess.Popen[bytes], run: str) -> None:
    while True:
        try:
            process.wait(_SECONDS_BETWEEN_LOOKS)
            break
        except subprocess.TimeoutExpired:
            if job.is_stop_overdue():  # so deep in one thing that its own thread has no turn
                process.kill()
    try:
        status = job.status
        if status.run == run and not status.is_over:
            job.set_status(stopped(status))
    except OSError:
        pass  # discarded meanwhile


def jobs(folder: Path) -> list[Job]:
    """The newest first."""
    found = [Job(path.parent) for path in folder.glob("*/status.json")]
    return sorted(found, key=lambda job: job.id, reverse=True)


def discard(job: Job) -> None:
    """Forget a job, with its files; one that runs is left alone."""
    if not job.is_held():
        shutil.rmtree(job.folder, ignore_errors=True)


def clean(folder: Path, now: datetime) -> None:
    """Discard the jobs that nobody has touched for a week, those with uploaded files sooner."""
    for path in folder.iterdir() if folder.exists() else ():
        kept = UPLOADS_KEPT if next(path.glob("file-*"), None) else KEPT
        if path.is_dir() and path.stat().st_mtime < (now - kept).timestamp():
            discard(Job(path))


def clean_regularly(folder: Path, seconds: float = 600) -> threading.Thread:
    """Have a thread do that while this process lives."""

    def cleaning() -> None:
        pause = threading.Event()
        while not pause.wait(seconds):
            with suppress(OSError):  # removed meanwhile by another process
                clean(folder, datetime.now(UTC))

    thread = threading.Thread(target=cleaning, name=f"cleaning {folder}", daemon=True)
    thread.start()
    return thread
