"""What the visitor's browser does when asked: save a chart as a picture, save a file, copy."""

from pathlib import Path
from uuid import uuid4

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from adoption.language import say
from adoption.pages import view


@st.cache_resource(show_spinner=False)
def _component() -> ComponentRenderer:
    script = Path(__file__).with_name("browser.js").read_text("utf-8")
    return st.components.v2.component("browser", js=script)


def _do(**asked: str) -> None:
    """Once: its id tells an action from its repetition when the page is drawn again, and from those
    of a server before this one, which the browser may remember."""
    failed = say(view.language(), "The browser could not do this.")
    # No key: the element and its action are the same.
    _component()(data={**asked, "id": uuid4().hex, "failed": failed})


def save_picture(kind: str, place: str, title: str, says: str, file: str) -> None:
    """Of the figure in the container keyed `place`, as png or svg."""
    _do(action=kind, place=f"st-key-{place}", title=title, says=says, file=f"{file}.{kind}")


def save_file(text: str, file: str) -> None:
    _do(action="save", text=text, file=file)


def copy(text: str) -> None:
    """Into the clipboard; where the browser refuses, the text is shown to be copied by hand."""
    _do(action="copy", text=text, done=say(view.language(), "The link is copied."))
