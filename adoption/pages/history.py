"""The lower part of the 資料 page: how old the data is, what was loaded, the control totals."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import streamlit as st

from adoption.charts.totals import beside
from adoption.formats import TAIWAN, age_text, moment_text, number_text, short_day_text
from adoption.jobs.recognised import recognised
from adoption.jobs.tables import feed_name, ledger_table, taken_back
from adoption.language import say, say_of
from adoption.pages import show, view
from adoption.pages.loading.rejects import downloads_of_loads, how_to_mend
from adoption.pages.loading.reverting import revert_button, under_way
from etl.commit.totals import TotalCheck, check_totals
from etl.history.ledger import list_loads, reject_counts


@st.cache_resource(max_entries=5, show_spinner=False)
def _ledger(url: str, version: str) -> list[dict[str, Any]]:
    with view.reading(version) as reader:
        return list(list_loads(reader))


@st.cache_resource(max_entries=5, show_spinner=False)
def _reject_counts(url: str, version: str) -> dict[int, int]:
    with view.reading(version) as reader:
        return reject_counts(reader)


@st.cache_resource(max_entries=5, show_spinner=False)
def _totals(url: str, version: str) -> list[TotalCheck]:
    with view.reading(version) as reader:
        return check_totals(reader)


def totals_off() -> int:
    """How many control totals differ from the records."""
    return sum(total.is_off for total in _totals(*view.stamp()))


def age() -> None:
    """How old the data is: its last day, and when something was last loaded."""
    tell, last, entries = view.language(), view.data_day(), _ledger(*view.stamp())
    today = view.now().astimezone(TAIWAN).date()
    parts = []
    if last is not None:
        parts.append(
            say(
                tell,
                "Records up to {day} ({age})",
                day=short_day_text(last, tell),
                age=age_text(last, today, tell),
            )
        )
    if entries:
        loaded = datetime.fromisoformat(entries[0]["loaded_at"])
        parts.append(say(tell, "last load {moment}", moment=moment_text(loaded, tell)))
    if parts:
        st.caption(" · ".join(parts))


def waiting() -> None:
    """The rows that wait for correction, and the files to correct them in."""
    tell, left = view.language(), _reject_counts(*view.stamp())
    counts: dict[str, int] = {}
    for entry in {each["load"]: each for each in _ledger(*view.stamp())}.values():
        if left.get(entry["load"]):
            counts[entry["feed"]] = counts.get(entry["feed"], 0) + left[entry["load"]]
    if not counts:
        return
    with st.container(border=True, key="waiting"):
        count = sum(counts.values())
        st.markdown(
            "**"
            + say_of(
                tell,
                count,
                "{count} rejected row waits for correction",
                "{count} rejected rows wait for correction",
                count=number_text(count),
            )
            + "**"
        )
        with st.container(horizontal=True):
            downloads_of_loads(sorted(load for load in left if left[load]), counts, "all_")
        st.caption(how_to_mend(tell))


def loads() -> None:
    """Every load: when, by whom, what; its rejects to download, and to take it back."""
    tell, entries = view.language(), _ledger(*view.stamp())
    st.subheader(say(tell, "Loads"), anchor=False)
    if not entries:
        st.caption(say(tell, "Nothing has been loaded yet."))
        return
    newest = max(entry["load"] for entry in entries)
    busy = under_way()
    gone = [e["load"] in busy or e["reverted_at"] is not None for e in entries]
    show.table(ledger_table(tell, entries, busy), greyed=gone, key=f"ledger_{newest}", height=230)
    names = {entry["load"]: _name(entry) for entry in reversed(entries)}
    with st.container(horizontal=True, vertical_alignment="bottom", key="load_actions"):
        chosen = st.selectbox(
            say(tell, "One load"),
            sorted(names, reverse=True),
            format_func=lambda load: names[load],
            key=f"chosen_load_{newest}",  # after a load, that one
            width=380,
        )
        files = [entry for entry in entries if entry["load"] == chosen]
        left = _reject_counts(*view.stamp()).get(chosen, 0)
        downloads_of_loads([chosen], {files[0]["feed"]: left})
        revert_button(entries, names, chosen, busy)
    for file in files:
        st.text(recognised(tell, file))
    if files[0]["reverted_at"]:
        st.text(taken_back(tell, files[0]))
    if left:
        st.text(say(tell, "Rejected rows still to be mended: {count}", count=number_text(left)))


def _name(entry: Mapping[str, Any]) -> str:
    tell = view.language()
    return f"{entry['load']} · {feed_name(entry['feed'], tell)} · {entry['file']}"


def totals() -> None:
    """Published figures beside what the records give."""
    tell = view.language()
    st.caption(
        say(tell, "The source briefing's figures, compared with the records on the same day.")
    )
    show.table(beside(tell, map(_beside, _totals(*view.stamp()))))


def _beside(total: TotalCheck) -> tuple[str, str, str, date, float, float | None]:
    return (
        total.metric,
        total.scope,
        total.measure,
        total.as_of,
        total.expected,
        total.actual,
    )
