"""A store with sample records of a given size, made once through the real loader."""

import subprocess
import sys
from pathlib import Path

OUT = Path(__file__).parent / "out"
FEEDS = ("units", "systems", "certificates", "suspensions", "reminders", "entities", "targets")


def store_url(certificates: int) -> str:
    """The store's URL; it and its files are kept in benchmarks/out."""
    folder = OUT / str(certificates)
    url = f"lake:///{folder}/store"
    if not (folder / "complete").exists():
        etl = [sys.executable, "-m", "etl"]
        size = str(certificates)
        subprocess.run([*etl, "sample", "--certificates", size, "--out", folder], check=True)
        for feed in FEEDS:
            subprocess.run([*etl, "load", feed, folder / f"{feed}.csv", "--store", url], check=True)
        (folder / "complete").touch()
    return url
