"""The view in the address bar, so that a link reopens it.

Streamlit's own binding writes a widget's labels, which change with the language; codes do not.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

import streamlit as st

from adoption.briefing.subjects import SUBJECTS
from adoption.charts.codes import name
from adoption.pages import view
from adoption.pages.asked import code_of, day_of
from adoption.pages.view import View
from adoption.places import counties, name_on
from adoption.store.schema import UNSTATED


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
    "slide": Choice("briefing", tuple(SUBJECTS), ("standing",)),
    "slides": Choice("briefing", tuple(SUBJECTS), tuple(SUBJECTS), several=True),
}
# What the address said when it was last written here, and on which page.
_WRITTEN = "address_written"


def restore() -> None:
    """Set the view from the address, unless it is the one that `record` wrote.

    So on a first visit, with the back button, after an edit. What the address gets wrong (a day
    after the data's own, a filter that is not recorded) is left out and told. Streamlit drops the
    parameters when the visitor goes to another page; the view is kept then.
    """
    seen = view.current()
    said = {key: st.query_params.get_all(key) for key in st.query_params}
    page, written = st.session_state.get(_WRITTEN, (seen.page, None))
    has_moved = not said and page != seen.page
    _follow(seen)
    if said != written and not has_moved:
        _take(seen, said)
        # A link to the page that is open is followed, but the browser's address stays as it was.
        st.query_params.from_dict(said)
    _name_counties(seen)


def _take(seen: View, said: Mapping[str, list[str]]) -> None:
    seen.language = "en" if said.get("lang") == ["en"] else "zh"
    seen.job = next(iter(said.get("job", [])), None)
    seen.misread, seen.left_out = {}, []
    day = seen.data_day
    for key in ("as_of", "compare"):
        found = None if day is None else day_of(said.get(key, []), day)
        setattr(seen, key, found)
        seen.left_out += said.get(key, []) if found is None else []
    seen.as_of = seen.as_of or day
    for key, known in _known().items():
        codes = {text: code_of(key, text, view.facts().units) for text in said.get(key, [])}
        seen.filters[key] = tuple(dict.fromkeys(c for c in codes.values() if c in known))
        seen.left_out += [text for text in codes if codes[text] not in known]
    # What the server makes of the address of a page that there is none of.
    seen.left_out += [f"/{page}" for page in said.get("page", [])]
    for key, choice in PAGE_CHOICES.items():
        taken = tuple(dict.fromkeys(code for code in said.get(key, []) if code in choice.offered))
        seen.choices[key] = (taken if choice.several else taken[:1]) or choice.default


def _known() -> dict[str, set[str]]:
    """The codes of each filter, of any day."""
    return {
        "side": set(view.SIDES),
        "unit": set(view.facts().units),
        "county": {*(county.name for county in counties()), UNSTATED},
        "org_type": {*view.ORG_TYPES, UNSTATED},
    }


def _follow(seen: View) -> None:
    """After a load the as-of day follows the data's own, unless the visitor chose another."""
    before, day = seen.data_day, view.data_day()
    seen.data_day = day
    if day is None:
        seen.compare = None
        return
    if seen.as_of is None or seen.as_of == before or seen.as_of > day:
        seen.as_of = day
    if seen.compare is not None and seen.compare > day:
        seen.compare = None


def _name_counties(seen: View) -> None:
    """A county keeps its place in the filter when the as-of day changes what it was called."""
    chosen = seen.filters.get("county", ())
    if not chosen or seen.as_of is None:
        return
    day, recorded = seen.as_of, view.recorded_counties(seen.as_of)
    on_day = dict.fromkeys(c if c == UNSTATED else name_on(c, day) for c in chosen)
    seen.filters["county"] = tuple(c for c in recorded if c in on_day)
    seen.left_out += [name(c, seen.language) for c in on_day if c not in recorded]


def record() -> None:
    """Write the view into the address; what is as by default is left out."""
    seen = view.current()
    said = {key: list(codes) for key, codes in seen.filters.items() if codes}
    if seen.language == "en":
        said["lang"] = ["en"]
    if seen.as_of not in (None, seen.data_day):
        said["as_of"] = [str(seen.as_of)]
    if seen.compare:
        said["compare"] = [str(seen.compare)]
    if seen.job and seen.page == "data":
        said["job"] = [seen.job]
    for key, choice in PAGE_CHOICES.items():
        taken = seen.choices.get(key) or choice.default
        if seen.page == choice.page and taken != choice.default:
            said[key] = list(taken)
    _, written = st.session_state.get(_WRITTEN, ("", None))
    if written is not None and said != written:
        seen.left_out = []  # the visitor has chosen since
    st.session_state[_WRITTEN] = (seen.page, said)
    if said != {key: st.query_params.get_all(key) for key in st.query_params}:
        st.query_params.from_dict(said)


def link() -> str:
    """The address that reopens this view, also after a load that moves the data's own day."""
    said = {key: st.query_params.get_all(key) for key in st.query_params}
    as_of: date | None = view.current().as_of
    if as_of is not None:
        said["as_of"] = [str(as_of)]
    return f"{st.context.url or ''}?{urlencode(said, doseq=True)}"
