"""The second step: what the files would change, and what was left out and why."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from adoption.charts.totals import beside
from adoption.formats import number_text
from adoption.jobs.job import Job
from adoption.jobs.recognised import columns_table
from adoption.jobs.tables import (
    feed_name,
    kept_table,
    rejects_table,
    skipped_table,
)
from adoption.language import say, say_of
from adoption.pages import show, view
from adoption.pages.loading.current import begin
from adoption.pages.loading.deciding import decide, outdated
from adoption.pages.loading.mapping import ask
from adoption.pages.loading.outcome import effect, what_was_read
from adoption.pages.loading.rejects import downloads_of_check


def checked(job: Job, result: dict[str, Any]) -> None:
    if "asked" in result:
        ask(job, result["asked"])
        return
    tell, files = view.language(), result["files"]
    st.subheader(say(tell, "What these files would change"), anchor=False)
    outdated(job, result["version"])
    effect(result, is_loaded=False)
    what_was_read(files)
    rejected = sum(file["rejected"] for file in files)
    skipped = sum(file["skipped"] for file in files)
    refused, passed, kept, columns, totals = st.tabs(
        [
            say(tell, "Rejected rows ({count})", count=number_text(rejected)),
            say(tell, "Skipped rows ({count})", count=number_text(skipped)),
            say(tell, "New or changed rows"),
            say(tell, "Columns"),
            say(tell, "Control totals"),
        ]
    )
    with refused:
        _rejected(job, result, rejected)
    with passed:
        _skipped(files, skipped)
    with kept:
        _kept(result["kept"])
    with columns:
        show.table(columns_table(tell, files))
        _change_columns(job)
    with totals:
        _after(files[-1]["totals"])
    decide(
        job,
        "load",
        ("by", "load"),
        by_whom=say(tell, "Loaded by"),
        do=say(tell, "Load"),
        icon=":material/upload_file:",
        leave=say(tell, "Discard"),
        nobody=say(tell, "Please say who loads this: it is kept in the history."),
    )


def _change_columns(job: Job) -> None:
    """Not for files that are read by a profile that was chosen: that says it all. Nor for rejects
    of several feeds, whose sheets have the columns of the files that they came from."""
    tell, request = view.language(), job.request
    if request.profile is not None:
        return
    with st.container(horizontal=True):
        for place, file in enumerate(request.files):
            if file.feed is None:
                continue
            label = say(tell, "Change the columns of {file}", file=show.as_text(file.name))
            if st.button(label, key=f"change_{place}", icon=":material/edit:"):
                begin(job, kind="check", ask=place)


def _rejected(job: Job, result: dict[str, Any], count: int) -> None:
    tell, first = view.language(), result["rejects"]
    if not count:
        st.caption(say(tell, "No row is rejected."))
        return
    show.table(rejects_table(tell, first), wraps=True)
    if len(first) == count:
        st.caption(say(tell, "They are left out; the other rows can be loaded."))
    else:
        st.caption(
            say(
                tell,
                "The first {shown} of {count}. They are left out; the other rows can be loaded.",
                shown=number_text(len(first)),
                count=number_text(count),
            )
        )
    downloads_of_check(job, result["reject_sheets"])


def _skipped(files: Sequence[dict[str, Any]], count: int) -> None:
    tell = view.language()
    if not count:
        st.caption(say(tell, "No row is skipped."))
        return
    st.caption(
        say(tell, "Subtotals, notes and repeated headers are no records, so they are not counted.")
    )
    show.table(skipped_table(tell, files))


def _kept(parts: Sequence[dict[str, Any]]) -> None:
    tell = view.language()
    for part in parts:
        if part["rows"]:
            st.caption(
                say_of(
                    tell,
                    len(part["rows"]),
                    "{kind}: the first {count} row",
                    "{kind}: the first {count} rows",
                    kind=feed_name(part["feed"], tell),
                    count=number_text(len(part["rows"])),
                )
            )
            show.table(kept_table(tell, part), wraps=any(row["flags"] for row in part["rows"]))
    if not any(part["rows"] for part in parts):
        st.caption(say(tell, "No row is new or changed."))


def _after(totals: Sequence[dict[str, Any]]) -> None:
    tell = view.language()
    st.caption(say(tell, "As they would be after this load."))
    show.table(
        beside(
            tell,
            [
                (
                    total["metric"],
                    total["scope"],
                    total["measure"],
                    date.fromisoformat(total["as_of"]),
                    total["expected"],
                    total["actual"],
                )
                for total in totals
            ],
        )
    )
