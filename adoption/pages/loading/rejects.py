"""Refused rows as files that a clerk mends and uploads again: CSV and XLSX."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from adoption.formats import number_text
from adoption.jobs.job import Job
from adoption.jobs.tables import feed_name
from adoption.language import Language, say
from adoption.pages import view
from etl.history.corrections import NUMBER
from etl.history.reject_file import RejectFile, reject_file

# Writing more takes longer than somebody waits for a download.
MOST_IN_XLSX = 100_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def downloads_of_load(load: int, count: int) -> None:
    """The `count` rejects that a load still has."""
    _buttons(f"rejects_{load}", partial(reject_file, view.store(), load), count, "")


def downloads_of_check(job: Job, parts: Sequence[dict[str, Any]]) -> None:
    """Those that a load of the same files would have: a file a kind of records."""
    tell = view.language()
    with st.container(horizontal=True, vertical_alignment="center"):
        for part in parts:
            path = job.folder / f"rejects-{part['load']}.json"

            def made(path: Path = path) -> RejectFile:
                return RejectFile(**json.loads(path.read_text("utf-8")))

            kind = f"{feed_name(part['feed'], tell)} " if len(parts) > 1 else ""
            _buttons(f"rejects_{part['feed']}", made, part["rows"], kind)
    st.caption(how_to_mend(tell))


def how_to_mend(tell: Language) -> str:
    return say(
        tell,
        "Mend the rows in the downloaded file, leave the column {number} as it is, and upload the "
        "file as the same kind of records: its rows then take the place of the rejected ones.",
        number=NUMBER,
    )


def _buttons(name: str, made: Callable[[], RejectFile], count: int, kind: str) -> None:
    tell = view.language()
    st.download_button(
        kind + say(tell, "Rejected rows (CSV)"),
        lambda: made().as_csv(),
        file_name=f"{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        disabled=not count,
        key=f"download_csv_{name}",
        on_click="ignore",
    )
    st.download_button(
        kind + say(tell, "Rejected rows (XLSX)"),
        lambda: made().as_xlsx(),
        file_name=f"{name}.xlsx",
        mime=_XLSX,
        icon=":material/download:",
        disabled=not 0 < count <= MOST_IN_XLSX,
        help=None
        if count <= MOST_IN_XLSX
        else say(
            tell,
            "For more than {count} rows there is only CSV.",
            count=number_text(MOST_IN_XLSX),
        ),
        key=f"download_xlsx_{name}",
        on_click="ignore",
    )
