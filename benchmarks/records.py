"""A store with sample records of a given size, made once through the real loader."""

import subprocess
import sys
from pathlib import Path

OUT = Path(__file__).parent / "out"
FEEDS = ("units", "systems", "certificates", "suspensions", "reminders", "entities", "targets")
_WRITE = """
import sys
from pathlib import Path
from etl.sample import write_sample
write_sample(Path(sys.argv[1]), int(sys.argv[2]), history=False)
"""


def sample_folder(certificates: int) -> Path:
    """The sample's files in one delivery, made once."""
    folder = OUT / f"files-{certificates}"
    if not (folder / "complete").exists():
        # In a child: what it needs of memory is not to be measured with the loads.
        subprocess.run([sys.executable, "-c", _WRITE, folder, str(certificates)], check=True)
        (folder / "complete").touch()
    return folder / "2013-09-24"


def store_url(certificates: int) -> str:
    """The store's URL; it is kept in benchmarks/out."""
    folder = OUT / str(certificates)
    url = f"lake:///{folder}/store"
    if not (folder / "complete").exists():
        files = sample_folder(certificates)
        for feed in FEEDS:
            etl = [sys.executable, "-m", "etl", "load", feed, files / f"{feed}.csv"]
            subprocess.run([*etl, "--store", url], check=True)
        (folder / "complete").touch()
    return url
