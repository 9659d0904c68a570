"""Who does it: asked before anything is changed, and kept in the history."""

import streamlit as st

from adoption.language import say
from adoption.pages import view


def who(label: str, key: str) -> str:
    text = st.text_input(
        label,
        placeholder=say(view.language(), "office or post, kept in the history"),
        max_chars=80,
        key=key,
        width=320,
    )
    return text.strip()
