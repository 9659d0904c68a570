"""What the visitor looks at: one View in each session, and the records of its version.

Widgets and the address bar are set from the View, and change it in their callbacks. So a widget
that is not drawn (a closed popover, another page) keeps what was chosen.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, lru_cache, partial
from typing import Any

import pandas as pd
import streamlit as st

from adoption.charts.chart import Question
from adoption.language import Language, say
from adoption.metrics import (
    Selection,
    counties_of,
    data_cut_off,
    has_sample_records,
    has_unstated_types,
    names_of,
    units_of,
)
from adoption.metrics.answers import Answers
from adoption.store import Reader, Store, StoreError, VersionError, open_store

FILTERS = ("side", "unit", "county", "org_type")
SIDES = ("ministry", "external")
ORG_TYPES = ("company", "business", "branch", "other")


@dataclass
class View:
    """`version` of the store, for the whole of one drawing; `data_day`: its data's own cut-off.

    `filters`: codes by filter; `choices`: what a page alone lets choose. `left_out`: what the
    address asks for and cannot be shown; `misread`: what was typed as a day and is none.
    """

    version: str = ""
    now: datetime = datetime(2013, 9, 24, tzinfo=UTC)
    page: str = ""
    language: Language = "zh"
    data_day: date | None = None
    as_of: date | None = None
    compare: date | None = None
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    job: str | None = None
    left_out: list[str] = field(default_factory=list)
    misread: dict[str, str] = field(default_factory=dict)


def current() -> View:
    view: View = st.session_state.setdefault("view", View())
    return view


# What is asked for dozens of times in a run is not kept by Streamlit, which takes a quarter of a
# millisecond each time to find it.
_store = cache(open_store)


def store() -> Store:
    return _store(os.environ.get("ADOPTION_STORE"))


def reading(version: str) -> AbstractContextManager[Reader]:
    """The store as it is in `version`: what is kept under that name is asked of this reader."""
    return store().at(version)


# A publication changes the version, so an answer never has to be thrown away before its time.
@lru_cache(maxsize=20)
def answers(url: str, version: str) -> Answers:
    return Answers(partial(reading, version))


@dataclass(frozen=True)
class Facts:
    """Of a version: its data's own cut-off (None while it is empty), whether it holds sample
    records, its units (code -> name), whether certificates are without a type, and the names of
    all units and systems, as `names_of`."""

    data_day: date | None
    is_sample: bool
    units: dict[str, str]
    has_unstated_types: bool
    names: pd.DataFrame


@lru_cache(maxsize=50)
def _facts(url: str, version: str) -> Facts:
    with reading(version) as reader:
        return Facts(
            data_cut_off(reader),
            has_sample_records(reader),
            units_of(reader),
            has_unstated_types(reader),
            names_of(reader),
        )


@st.cache_data(max_entries=200, show_spinner=False)
def _counties(url: str, version: str, as_of: date) -> list[str]:
    with reading(version) as reader:
        return counties_of(reader, as_of)


def pin(page: str, now: datetime) -> None:
    """Have all of the visitor's page come from the version that is current now, whatever is
    published while it is drawn. Only the entry points read the clock; pages ask `now`."""
    view = current()
    view.version, view.now, view.page = store().version, now, page


def stamp() -> tuple[str, str]:
    """Names what is looked at: the head of every cache key."""
    return store().url, current().version or store().version


def facts() -> Facts:
    return _facts(*stamp())


def recorded_counties(day: date) -> list[str]:
    """The counties of certificates issued by that day, as they were called on it."""
    return _counties(*stamp(), day)


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
    return current().language


def data_day() -> date | None:
    """The data's own cut-off; None while the store is empty."""
    return facts().data_day


def is_sample() -> bool:
    return facts().is_sample


def question() -> Question:
    """What the page's charts are asked. Only where there is data."""
    view = current()
    assert view.as_of is not None
    narrowed: dict[str, Any] = view.filters
    selection = Selection(view.as_of, **narrowed)
    return Question(selection, view.language, answers(*stamp()).in_language(view.language))


def compared() -> date | None:
    """The other day that the visitor wants beside the as-of day."""
    view = current()
    return None if view.compare == view.as_of else view.compare


def now() -> datetime:
    """When the visitor's page was last drawn as a whole; UTC."""
    return current().now
