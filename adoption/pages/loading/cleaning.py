"""What was uploaded and not loaded is removed, also when its visitor does not come back."""

import threading

import streamlit as st
from streamlit import runtime
from streamlit.runtime import Runtime

from adoption.jobs.job import clean_regularly, jobs_folder
from adoption.pages import view


def start() -> None:
    """Have a thread do it, once in a process however many visitors come.

    A page that a test runs by itself has a stand-in for a server.
    """
    if runtime.exists() and type(runtime.get_instance()) is Runtime:
        _thread(view.store().url)


@st.cache_resource(show_spinner=False)
def _thread(url: str) -> threading.Thread:
    return clean_regularly(jobs_folder(view.store()))
