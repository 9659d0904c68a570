"""What the visitor looks at: the store, and in the address language, as-of day and filters."""

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from functools import partial

import pandas as pd
import streamlit as st
from streamlit.components.v2.types import ComponentRenderer
from streamlit.runtime.scriptrunner import get_script_run_ctx

from adoption.charts.chart import Question
from adoption.charts.codes import name
from adoption.formats import day_text, short_day_text
from adoption.language import Language, say
from adoption.metrics import (
    Selection,
    counties_of,
    data_cut_off,
    has_sample_records,
    has_unstated_types,
    units_of,
)
from adoption.metrics.answers import Answers
from adoption.pages import address
from adoption.pages.asked import FIRST_DAY
from adoption.places import counties, name_on
from adoption.store import Reader, Store, StoreError, VersionError, open_store
from adoption.store.schema import UNSTATED

SIDES = ("ministry", "external")
ORG_TYPES = ("company", "business", "branch", "other")
# So much of what the address asks for in vain is told.
_MOST_TOLD = 200
_of_thread = threading.local()


@st.cache_resource(show_spinner=False)
def _store(url: str | None) -> Store:
    return open_store(url)


def store() -> Store:
    return _store(os.environ.get("ADOPTION_STORE"))


def reading(version: str) -> AbstractContextManager[Reader]:
    """The store as it is in `version`: what is kept under that name is asked of this reader."""
    return store().at(version)


# A publication changes the version, so an answer never has to be thrown away before its time.
@st.cache_resource(max_entries=20, show_spinner=False)
def answers(url: str, version: str) -> Answers:
    return Answers(partial(reading, version))


@st.cache_data(max_entries=50, show_spinner=False)
def _facts(url: str, version: str) -> tuple[date | None, bool, dict[str, str], bool]:
    with reading(version) as reader:
        return (
            data_cut_off(reader),
            has_sample_records(reader),
            units_of(reader),
            has_unstated_types(reader),
        )


@st.cache_data(max_entries=200, show_spinner=False)
def _counties(url: str, version: str, as_of: date) -> list[str]:
    with reading(version) as reader:
        return counties_of(reader, as_of)


def pin() -> None:
    """Have all of the visitor's page come from the version that is current now, whatever is
    published while it is drawn."""
    st.session_state["version"] = store().version


@contextmanager
def holding() -> Iterator[None]:
    """The same for what this thread does outside of a visitor's page."""
    _of_thread.version = store().version
    try:
        yield
    finally:
        del _of_thread.version


def stamp() -> tuple[str, str]:
    """Names what is looked at: the head of every cache key."""
    is_page = get_script_run_ctx(suppress_warning=True) is not None
    held: str | None = (
        st.session_state.get("version") if is_page else getattr(_of_thread, "version", None)
    )
    now = store()
    return now.url, held or now.version


def answer(key: str, selection: Selection) -> pd.DataFrame:
    """The rows of a metric, computed once for a version of the store and a selection."""
    return answers(*stamp()).rows(key, selection)


@contextmanager
def telling() -> Iterator[None]:
    """Says on the page what the store cannot do now, and offers to try again."""
    try:
        yield
    except VersionError:  # the page is older than what the store keeps: it is drawn anew
        st.rerun()
    except StoreError as error:
        tell: Language = "en" if st.query_params.get("lang") == "en" else language()
        with st.container(border=True, key="unavailable"):
            st.error(say(tell, "The records cannot be read now."), icon=":material/cloud_off:")
            st.text(error.zh if tell == "zh" else str(error))
            st.button(say(tell, "Try again"), key="try_again", icon=":material/refresh:")


def language() -> Language:
    return "en" if st.session_state.get("lang") == "en" else "zh"


def data_day() -> date | None:
    """The data's own cut-off; None while the store is empty."""
    return _facts(*stamp())[0]


def has_units() -> bool:
    """Whether there are units, though perhaps nothing that is dated."""
    return bool(_facts(*stamp())[2])


def is_sample() -> bool:
    return _facts(*stamp())[1]


def question() -> Question:
    """What the page's charts are asked. Only where there is data."""
    state = st.session_state
    selection = Selection(
        as_of=state["as_of"],
        side=tuple(state["side"]),
        unit=tuple(state["unit"]),
        county=tuple(state["county"]),
        org_type=tuple(state["org_type"]),
    )
    return question_about(selection, language())


def question_about(selection: Selection, language: Language = "zh") -> Question:
    """Its answers come from the version that is looked at now."""
    return Question(selection, language, answers(*stamp()).rows)


def compared() -> date | None:
    """The other day that the visitor wants beside the as-of day."""
    day: date | None = st.session_state.get("compare")
    return None if day == st.session_state.get("as_of") else day


def set_clock(now: datetime) -> None:
    """Only the entry points read the clock; pages and their fragments ask `now`."""
    st.session_state["now"] = now


def now() -> datetime:
    """When the visitor's page was last drawn as a whole; UTC."""
    moment: datetime = st.session_state["now"]
    return moment


def restore(page: str) -> None:
    """Take the view from the address, before anything is drawn."""
    ever = {name: name for name in [*(county.name for county in counties()), UNSTATED]}
    address.restore(page, data_day(), _choices() | {"county": ever})
    if chosen := st.session_state.get("county"):
        # A county keeps its place in the filter when the as-of day changes what it was called.
        day = st.session_state["as_of"]
        on_day = {c if c == UNSTATED else name_on(c, day) for c in chosen}
        recorded = [c for c in _counties(*stamp(), day) if c in on_day]
        st.session_state["county"] = recorded
        address.leave_out([name(c, language()) for c in sorted(on_day - set(recorded))])


def choices_on(day: date) -> None:
    """Have the counties to choose from at hand."""
    _counties(*stamp(), day)


def _choices() -> dict[str, dict[str, str]]:
    """What each filter can be set to: code -> how it reads."""
    tell, day = language(), st.session_state.get("as_of") or data_day()
    recorded = _counties(*stamp(), day) if day else []
    types = (*ORG_TYPES, UNSTATED) if _facts(*stamp())[3] else ORG_TYPES
    return {
        "side": {code: name(code, tell) for code in SIDES},
        "unit": _facts(*stamp())[2],
        "county": {county: name(county, tell) for county in recorded},
        "org_type": {code: name(code, tell) for code in types},
    }


def chosen() -> list[str]:
    """The filters that are set, in words."""
    if not any(st.session_state.get(key) for key in address.FILTERS):
        return []  # every chart asks, and the names of all that could be set take a while
    return [
        names.get(code, code)
        for key, names in _choices().items()
        for code in st.session_state.get(key) or ()
    ]


def _written(names: dict[str, str], code: str) -> str:
    return names.get(code, code)


def bar() -> None:
    """The row above every page: as-of day, filters, language."""
    tell, last = language(), data_day()
    with st.container(horizontal=True, vertical_alignment="center", key="view_bar"):
        st.markdown(f"**{say(tell, 'MOEACA adoption')}**", width="content")
        if is_sample():
            st.badge(say(tell, "Sample data"), color="orange")
        st.space("stretch")
        if last is not None:
            _as_of_input(tell, last)
            _compare_input(tell, last)
            _filter_inputs(tell)
        st.segmented_control(
            say(tell, "Language"),
            ["zh", "en"],
            format_func=lambda code: {"zh": "中文", "en": "English"}[code],
            key="lang",
            required=True,
            label_visibility="collapsed",
        )
    address.record(last)
    if unknown := address.not_understood():
        asked = say(tell, ", ").join(unknown)[:_MOST_TOLD]
        st.warning(say(tell, "Not shown, though the address asks for it:"))
        st.text(asked)


def foot() -> None:
    """The line below every page: which data this is."""
    tell, last = language(), data_day()
    with st.container(key="foot"):
        said = say(tell, "no records")
        if last is not None:
            day, version = day_text(last, tell), stamp()[1]
            said = say(tell, "Data up to {day} · version {version}", day=day, version=version)
        st.caption(said)
        _page_language()(data="en" if tell == "en" else "zh-Hant-TW", key="page_language")


@st.cache_resource(show_spinner=False)
def _page_language() -> ComponentRenderer:
    """Tells the browser, and so a screen reader, which language the page is in now."""
    return st.components.v2.component(
        "page_language",
        js="export default ({ data }) => { document.documentElement.lang = data }",
    )


def _as_of_input(tell: Language, last: date) -> None:
    text = f"{say(tell, 'As of')} {day_text(st.session_state['as_of'], tell)}"
    st.markdown(text, width="content")
    st.date_input(
        say(tell, "As of"),
        min_value=FIRST_DAY,
        max_value=last,
        key="as_of",
        required=True,
        width=160,
        label_visibility="collapsed",
    )


def _compare_input(tell: Language, last: date) -> None:
    other, now = compared(), Selection(st.session_state["as_of"])
    label = say(tell, "Compare")
    if other is not None:
        label = say(tell, "Compared with {day}", day=short_day_text(other, tell))
    with st.popover(label, icon=":material/compare_arrows:", key="comparison"):
        st.date_input(
            say(tell, "The other day"),
            value=None,
            min_value=FIRST_DAY,
            max_value=last,
            key="compare",
        )
        with st.container(horizontal=True):
            for text, months in (
                (say(tell, "A month before"), 1),
                (say(tell, "A year before"), 12),
            ):
                day = max(now.months_before(months).as_of, FIRST_DAY)
                st.button(text, on_click=_compare_with, args=(day,), key=f"compare_{months}")
            if other is not None:
                st.button(
                    say(tell, "Stop comparing"),
                    on_click=_compare_with,
                    args=(None,),
                    key="compare_0",
                )


def _compare_with(day: date | None) -> None:
    st.session_state["compare"] = day


def _filter_inputs(tell: Language) -> None:
    titles = {
        "side": say(tell, "Side"),
        "unit": say(tell, "Unit"),
        "county": say(tell, "County"),
        "org_type": say(tell, "Organisation type"),
    }
    chosen = sum(len(st.session_state[key]) for key in titles)
    label = say(tell, "Filters") + (f" ({chosen})" if chosen else "")
    with st.popover(label, icon=":material/filter_list:"):
        for key, names in _choices().items():
            st.multiselect(
                titles[key],
                list(names),
                format_func=partial(_written, names),
                key=key,
                select_all=False,
                placeholder=say(tell, "All"),
            )
        st.caption(
            say(tell, "Side and unit narrow the systems; county and type narrow the certificates.")
        )
