"""The view in the address bar: query parameters <-> session state, so that a link reopens it.

Streamlit's own binding writes a widget's labels, which change with the language; codes do not.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

import streamlit as st

from adoption.briefing.subjects import SUBJECTS
from adoption.pages.asked import code_of, day_of

FILTERS = ("side", "unit", "county", "org_type")


class Choice(NamedTuple):
    """What a page alone lets choose: one of what is offered, or `several` of them in an order."""

    page: str
    offered: tuple[str, ...]
    default: tuple[str, ...]
    several: bool = False


PAGE_CHOICES = {
    "step": Choice("expiries", ("day", "week", "month"), ("day",)),
    "within": Choice("expiries", ("30", "60", "90", "180"), ("90",)),
    "stage": Choice("expiries", ("0", "45", "30", "15", "1"), (), several=True),
    "slides": Choice("briefing", tuple(SUBJECTS), tuple(SUBJECTS), several=True),
}
# What the address asks for and cannot be shown.
_UNKNOWN = "address_unknown"
# What the address said when it was last written here, and on which page.
_WRITTEN, _PAGE = "address_written", "address_page"
# Whether the view was taken from the address in this run.
_TAKEN = "address_taken"
# The values as they were last; Streamlit can forget those of widgets when the page changes.
_VALUES = "view_values"
# The data's own day when it was last looked at.
_DATA_DAY = "data_day"


def restore(page: str, day: date | None, choices: Mapping[str, Mapping[str, str]]) -> None:
    """Set the state from the address, unless it is the one that `record` wrote.

    So on a first visit, with the back button, after an edit. What the address gets wrong (a day
    after the data's own `day`, a filter that is not among `choices`: code -> name) is left out and
    told. Streamlit drops the parameters when the visitor goes to another page; the state is kept
    then.
    """
    said = {key: st.query_params.get_all(key) for key in st.query_params}
    is_ours = said == st.session_state.get(_WRITTEN)
    has_moved = not said and st.session_state.get(_PAGE, page) != page
    st.session_state[_PAGE] = page
    for key, value in st.session_state.get(_VALUES, {}).items():
        st.session_state.setdefault(key, value)
    _follow(day)
    if is_ours or has_moved:
        return
    st.session_state[_TAKEN] = True
    st.session_state["lang"] = "en" if said.get("lang") == ["en"] else "zh"
    if day is not None:
        st.session_state["as_of"] = day_of(said.get("as_of", []), day) or day
        st.session_state["compare"] = day_of(said.get("compare", []), day)
    st.session_state["job"] = next(iter(said.get("job", [])), None)
    st.session_state[_UNKNOWN] = [
        text
        for key in ("as_of", "compare")
        for text in said.get(key, [])
        if day is None or day_of(said[key], day) is None
    ]
    for key in FILTERS:
        codes = {text: code_of(key, text, choices["unit"]) for text in said.get(key, [])}
        found = dict.fromkeys(code for code in codes.values() if code in choices[key])
        st.session_state[key] = list(found)
        st.session_state[_UNKNOWN] += [text for text in codes if codes[text] not in found]
    for key, choice in PAGE_CHOICES.items():
        found = dict.fromkeys(code for code in said.get(key, []) if code in choice.offered)
        taken = list(found) or list(choice.default)
        st.session_state[key] = taken if choice.several else taken[0]


def _follow(day: date | None) -> None:
    """After a load the as-of day follows the data's own, unless the visitor chose another."""
    state = st.session_state
    seen, state[_DATA_DAY] = state.get(_DATA_DAY), day
    chosen = state.get("as_of")
    if day is not None and (chosen is None or chosen == seen or chosen > day):
        state["as_of"] = day
    if day is None or (state.get("compare") or day) > day:
        state["compare"] = None


def record(day: date | None) -> None:
    """Write the state into the address; what is as by default is left out."""
    state = st.session_state
    said: dict[str, list[str]] = {key: list(state[key]) for key in FILTERS if state.get(key)}
    if state.get("lang") == "en":
        said["lang"] = ["en"]
    if state.get("as_of") not in (None, day):
        said["as_of"] = [state["as_of"].isoformat()]
    if state.get("compare"):
        said["compare"] = [state["compare"].isoformat()]
    if state.get("job") and state.get(_PAGE) == "data":
        said["job"] = [state["job"]]
    for key, choice in PAGE_CHOICES.items():
        if state.get(_PAGE) == choice.page and key in state:
            taken = list(state[key]) if choice.several else [state[key]]
            if taken not in ([], list(choice.default)):
                said[key] = taken
    if said != state.get(_WRITTEN, said):
        state.pop(_UNKNOWN, None)  # the visitor has chosen since
    state[_WRITTEN] = said
    kept = ("lang", "as_of", "compare", *FILTERS, *PAGE_CHOICES)
    state[_VALUES] = {key: state[key] for key in kept if key in state}
    now = {key: st.query_params.get_all(key) for key in st.query_params}
    taken = state.pop(_TAKEN, False)
    if now != said:
        st.query_params.from_dict(said)
    elif taken:
        # A link to the page that is open is followed, but the browser's address stays as it was.
        st.query_params.from_dict(now)


def leave_out(asked: Sequence[str]) -> None:
    """Of what was chosen, this cannot be shown."""
    if asked:
        st.session_state[_UNKNOWN] = [*not_understood(), *asked]


def not_understood() -> list[str]:
    """What the address asked for that the page does not show."""
    return list(st.session_state.get(_UNKNOWN) or ())


def link() -> str:
    """The address that reopens this view, also after a load that moves the data's own day."""
    state = st.session_state
    said = {key: st.query_params.get_all(key) for key in st.query_params}
    if state.get("as_of"):
        said["as_of"] = [state["as_of"].isoformat()]
    return f"{st.context.url or ''}?{urlencode(said, doseq=True)}"
