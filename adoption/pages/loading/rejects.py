"""Refused rows as a file that a clerk mends and uploads again: XLSX, and CSV as well."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
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


def downloads_of_loads(loads: Sequence[int], counts: Mapping[str, int], of: str = "") -> None:
    """The rejects that these loads still have; `counts` says how many of each feed. `of`: tells
    apart where on the page they are offered."""
    name = "_".join(map(str, ["rejects", *loads]))
    _buttons(name, partial(reject_file, view.store(), loads), counts, of)


def downloads_of_check(job: Job, parts: Sequence[dict[str, Any]]) -> None:
    """Those that a load of the same files would have."""

    def made() -> RejectFile:
        return RejectFile.from_json(json.loads((job.folder / "rejects.json").read_text("utf-8")))

    with st.container(horizontal=True, vertical_alignment="center"):
        _buttons("rejects", made, {part["feed"]: part["rows"] for part in parts})
    st.caption(how_to_mend(view.language()))


def how_to_mend(tell: Language) -> str:
    return say(
        tell,
        "Mend the coloured cells in the downloaded file, leave the column {number} as it is, and "
        "upload it: its rows then take the place of the rejected ones. What a spreadsheet program "
        "changed in other cells is put right.",
        number=NUMBER,
    )


def _buttons(
    name: str, made: Callable[[], RejectFile], counts: Mapping[str, int], of: str = ""
) -> None:
    """One workbook for all feeds, and for those who want it a CSV of one."""
    tell, most = view.language(), max(counts.values(), default=0)
    st.download_button(
        say(tell, "Rejected rows (XLSX)"),
        lambda: made().as_xlsx(),
        file_name=f"{name}.xlsx",
        mime=_XLSX,
        icon=":material/download:",
        disabled=not 0 < most <= MOST_IN_XLSX,
        help=None
        if most <= MOST_IN_XLSX
        else say(
            tell,
            "For more than {count} rows there is only CSV.",
            count=number_text(MOST_IN_XLSX),
        ),
        key=f"download_xlsx_{of}{name}",
        on_click="ignore",
    )
    for feed in counts:
        kind = f"{feed_name(feed, tell)} " if len(counts) > 1 else ""
        of_feed = f"{name}_{feed}" if len(counts) > 1 else name

        def csv_of(feed: str = feed) -> bytes:
            return made().sheet_of(feed).as_csv()

        st.download_button(
            kind + say(tell, "Rejected rows (CSV)"),
            csv_of,
            file_name=f"{of_feed}.csv",
            mime="text/csv",
            icon=":material/download:",
            disabled=not counts[feed],
            key=f"download_csv_{of}{of_feed}",
            on_click="ignore",
        )
