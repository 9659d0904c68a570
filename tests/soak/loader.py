"""The command that loads, as a process of its own that can be killed, without the wait for imports.

A server that has imported the program is copied for each load (fork): the command then begins at
once, so that every moment of a kill is one in which it works.
"""

import multiprocessing
import os
import signal
import sys
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from adoption.command import run
from adoption.store import Store

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["etl.__main__", "adoption.store.lake", "pytest"])


def _load(folder: str, arguments: list[str]) -> None:
    from etl.__main__ import app

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())
    os.chdir(folder)
    run(app, "python -m etl", arguments)


def started(store: Store, path: Path) -> ForkServerProcess:
    """`python -m etl load certificates PATH`."""
    arguments = ["load", "certificates", str(path), "--store", store.url]
    process = _processes.Process(target=_load, args=(str(path.parent), arguments))
    process.start()
    return process


def ended(process: ForkServerProcess, seconds: float | None = None) -> int:
    """The exit code; -SIGKILL of one that was killed."""
    process.join(seconds)
    assert process.exitcode is not None
    return process.exitcode


def killed(process: ForkServerProcess) -> bool:
    """kill -9. False: it had ended by itself."""
    process.kill()
    return ended(process) == -signal.SIGKILL
