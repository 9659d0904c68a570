"""After a load the default view's answers for every page are worked out before anybody asks.

A thread of the dashboard's own process looks for a new version and calls the functions that the
pages call, which keep what they find. It runs outside of any visitor's session: nothing that it
calls may draw, nor have a spinner. ADOPTION_WARMING=off in the environment switches it off.
"""

import importlib
import inspect
import logging
import os
import pkgutil
import threading
from collections.abc import Callable, Iterator

import streamlit as st
from streamlit import runtime
from streamlit.runtime import Runtime

from adoption import charts
from adoption.charts.chart import Chart, Question
from adoption.jobs.job import clean_regularly, jobs_folder
from adoption.metrics import Selection
from adoption.pages import outreach, slides, standing, units, view
from adoption.store import EMPTY_VERSION, StoreError

SECONDS_BETWEEN_LOOKS = 2.0
_log = logging.getLogger(__name__)


def is_served() -> bool:
    """Whether a server runs; a page that a test runs by itself has a stand-in for one."""
    return runtime.exists() and type(runtime.get_instance()) is Runtime


def start() -> None:
    """Have the threads run, once in a process however many visitors come."""
    if not is_served():
        return
    _cleaning(view.store().url)
    if os.environ.get("ADOPTION_WARMING") != "off":
        _thread(view.store().url)


@st.cache_resource(show_spinner=False)
def _cleaning(url: str) -> threading.Thread:
    """That of what was uploaded and not loaded."""
    return clean_regularly(jobs_folder(view.store()))


@st.cache_resource(show_spinner=False)
def _thread(url: str) -> threading.Thread:
    thread = threading.Thread(target=_watch, name=f"warming {url}", daemon=True)
    thread.start()
    return thread


def _watch() -> None:
    warmed, pause = "", threading.Event()
    while not pause.wait(SECONDS_BETWEEN_LOOKS):  # first of all the visitor who is there already
        try:
            if (version := view.stamp()[1]) != warmed:
                warm()
                warmed = version
        except StoreError as error:  # a store that cannot be read now; pages say so themselves
            _log.warning("not warmed: %s", error)
            warmed = ""


@view.holding()
def warm() -> None:
    """Work out what the pages ask of the current version: the data's own day, no filters."""
    if view.stamp()[1] == EMPTY_VERSION or (day := view.data_day()) is None:
        return
    question = view.question_about(Selection(day))
    view.choices_on(day)
    standing.prepare(question)
    slides.prepare(question)
    units.names(*view.stamp())
    outreach.listed(*view.stamp(), question.selection)
    for draw in drawings():
        draw(question)


def drawings() -> Iterator[Callable[[Question], Chart]]:
    """Every chart that there is."""
    for module in pkgutil.walk_packages(charts.__path__, f"{charts.__name__}."):
        for thing in vars(importlib.import_module(module.name)).values():
            if not inspect.isfunction(thing) or thing.__module__ != module.name:
                continue
            signature = inspect.signature(thing)
            is_chart = signature.return_annotation is Chart
            if is_chart and len(signature.parameters) == 1 and not thing.__name__.startswith("_"):
                yield thing
