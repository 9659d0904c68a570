"""What the visitor can set, and how it reads: widgets draw from the view and change it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from adoption.charts.codes import name
from adoption.language import Language, say
from adoption.metrics.integration.catalogue import names_in
from adoption.pages import view
from adoption.pages.address import PAGE_CHOICES
from adoption.store.schema import UNSTATED


def filter_titles(tell: Language) -> dict[str, str]:
    return {
        "side": say(tell, "Side"),
        "unit": say(tell, "Unit"),
        "county": say(tell, "County"),
        "org_type": say(tell, "Organisation type"),
    }


def offered() -> dict[str, dict[str, str]]:
    """What each filter can be set to: code -> how it reads."""
    tell, seen, facts = view.language(), view.current(), view.facts()
    recorded = view.recorded_counties(seen.as_of) if seen.as_of else []
    types = (*view.ORG_TYPES, *([UNSTATED] if facts.has_unstated_types else []))
    return {
        "side": {code: name(code, tell) for code in view.SIDES},
        "unit": names_in(tell, facts.names, "unit"),
        "county": {county: name(county, tell) for county in recorded},
        "org_type": {code: name(code, tell) for code in types},
    }


def set_filters() -> list[tuple[str, str, str]]:
    """The filters that are set: key, code, and how it reads."""
    tell = view.language()
    chosen = [(key, code) for key, codes in view.current().filters.items() for code in codes]
    if not chosen:
        return []  # every chart asks, and the names of all units take a while
    units = names_in(tell, view.facts().names, "unit")
    return [
        (key, code, units.get(code, code) if key == "unit" else name(code, tell))
        for key, code in chosen
    ]


def multiselect(title: str, key: str, options: dict[str, str]) -> None:
    """Of a filter, or of what a page lets choose several of."""
    tell, seen = view.language(), view.current()
    of = seen.filters if key in view.FILTERS else seen.choices
    st.session_state[key] = list(of.get(key, ()))
    st.multiselect(
        title,
        list(options),
        format_func=partial(_written, options),
        key=key,
        on_change=_take,
        args=(key, of),
        select_all=False,
        placeholder=say(tell, "All"),
    )


def switch(title: str, key: str, write: Callable[[str], str], *, has_title: bool = True) -> str:
    """One of what a page lets choose."""
    seen = view.current()
    (st.session_state[key],) = seen.choices.get(key) or PAGE_CHOICES[key].default
    st.segmented_control(
        title,
        PAGE_CHOICES[key].offered,
        format_func=write,
        key=key,
        on_change=_take,
        args=(key, seen.choices),
        required=True,
        label_visibility="visible" if has_title else "collapsed",
    )
    return str(st.session_state[key])


def _take(key: str, of: dict[str, tuple[str, ...]]) -> None:
    chosen: Any = st.session_state[key]
    of[key] = tuple(chosen) if isinstance(chosen, list) else (chosen,)


def _written(names: dict[str, str], code: str) -> str:
    return names.get(code, code)
