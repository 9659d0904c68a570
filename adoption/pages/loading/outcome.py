"""What a check or a load makes of the numbers and of the rows; the same on both occasions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from adoption.formats import change_text, day_text, number_text
from adoption.jobs.recognised import recognised
from adoption.jobs.tables import equation, files_table
from adoption.language import say
from adoption.metrics import HEADLINE_NUMBERS
from adoption.pages import show, view
from etl.commit.account import told, told_of_unknown
from etl.report import of_restored, of_returned


def effect(result: dict[str, Any], *, is_loaded: bool) -> None:
    """The headline numbers with this load, each with its change and what it is without."""
    tell, before, after = view.language(), result["before"], result["after"]
    with st.container(horizontal=True, key="effect"):
        for number, old, new, change in zip(
            HEADLINE_NUMBERS, before["numbers"], after["numbers"], result["changes"], strict=True
        ):
            value = number_text(old)
            st.metric(
                number.label.in_language(tell),
                number_text(new),
                change_text(change),
                delta_color="off",
                delta_arrow="off",
                delta_description=say(tell, "before {number}", number=value)
                if is_loaded
                else say(tell, "now {number}", number=value),
                border=True,
                height="stretch",
            )
    if result["by_day"]:
        _parts(result)
    days = [
        day_text(date.fromisoformat(standing["as_of"]), tell)
        if standing["as_of"]
        else say(tell, "no records")
        for standing in (before, after)
    ]
    if days[0] == days[1]:
        st.caption(say(tell, "As of {day}", day=days[0]))
    elif is_loaded:
        st.caption(say(tell, "As of: before {before}, now {after}", before=days[0], after=days[1]))
    elif _is_revert(result):
        st.caption(
            say(tell, "As of: now {before}, without it {after}", before=days[0], after=days[1])
        )
    else:
        st.caption(
            say(tell, "As of: now {before}, after this load {after}", before=days[0], after=days[1])
        )


def _is_revert(result: dict[str, Any]) -> bool:
    return "replayed" in result


def _parts(result: dict[str, Any]) -> None:
    """Each number's change in two: what the day does that moves, with the records that there were,
    and what the records do that came or went."""
    tell, before, after = view.language(), result["before"], result["after"]
    records, moves = say(tell, "New records"), say(tell, "Day moved on")
    if _is_revert(result):
        records = say(tell, "Records taken back")
    if after["as_of"] < before["as_of"]:
        moves = say(tell, "Day moved back")
    rows = [
        {
            say(tell, "Figure"): number.label.in_language(tell),
            say(tell, "Before"): number_text(old),
            records: change_text(by_records),
            moves: change_text(by_day),
            say(tell, "After"): number_text(new),
        }
        for number, old, by_records, by_day, new in zip(
            HEADLINE_NUMBERS,
            before["numbers"],
            result["by_records"],
            result["by_day"],
            after["numbers"],
            strict=True,
        )
    ]
    show.table(pd.DataFrame(rows))


def what_was_read(files: Sequence[dict[str, Any]]) -> None:
    """What became of the rows, and what each file was recognised as."""
    tell = view.language()
    st.text(equation(tell, files))
    of_loads = {(file["feed"], file["load"]): file for file in files}.values()
    cleared, again = (sum(f[name] for f in of_loads) for name in ("cleared", "refused_again"))
    is_loaded = all(file["load"] is not None for file in files)
    for line in of_returned(cleared, again, tell, is_loaded=is_loaded):
        st.text(line)
    for file in files:
        st.text(recognised(tell, file))
        for said in told(file):
            st.text(said.in_language(tell))
        for line in of_restored(file["restored"], file["restored_cells"], tell):
            st.text(line)
    # The last of several loads looked at what all of them brought.
    of_all = {**files[-1], "unknown_before": files[0]["unknown_before"]}
    for said in told_of_unknown(of_all):
        st.warning(said.in_language(tell), icon=":material/link_off:")
    show.table(files_table(tell, files))
