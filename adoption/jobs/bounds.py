"""How long a job may work and how much memory it may take, and how it is stopped before its end.

The page asks for a stop by a file in the job's folder, so that it need not run on the same machine;
a thread of the job's process looks for it. What the job was about to publish is not published: a
load that is ended at any moment leaves the old state or the new one.
"""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from adoption.language import Text

# Ten million certificates take half a minute and five of these gigabytes, most of them never used.
ADDRESS_SPACE_BYTES = 8 << 30
CPU_SECONDS = 1_800
STOP = "STOP"
_SECONDS_BETWEEN_LOOKS = 0.25

ASKED_TO_STOP = Text("已依要求停止", "stopped as asked")
TOOK_TOO_LONG = Text(
    f"用了超過 {CPU_SECONDS // 60} 分鐘的計算時間，已停止；請把檔案分成幾個再試",
    f"stopped after {CPU_SECONDS // 60} minutes of computing; split the files and try again",
)


class TookTooLong(Exception):  # noqa: N818 (it says what happened)
    """The time of the process is used up."""


def limit_process() -> None:
    """Where the system can: Windows has no such limits."""
    try:
        import resource
    except ImportError:
        return

    def end(*_: object) -> None:
        raise TookTooLong

    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    # First a signal, which the interpreter turns into an exception; then the end.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 30))
    signal.signal(signal.SIGXCPU, end)


def ask_to_stop(folder: Path) -> None:
    (folder / STOP).touch()


def end_when_asked(folder: Path, before: Callable[[], None]) -> None:
    """Have a thread end this process and its children once a stop is asked for; first `before`."""

    def watch() -> None:
        pause = threading.Event()
        while not pause.wait(_SECONDS_BETWEEN_LOOKS):
            if (folder / STOP).exists():
                try:
                    before()
                finally:
                    _end()

    threading.Thread(target=watch, name="stop", daemon=True).start()


def _end() -> None:
    # The process began a group of its own: its parsers are in it.
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)
