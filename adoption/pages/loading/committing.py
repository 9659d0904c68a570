"""The third step: who loads the files, and what came of it."""

from typing import Any

import streamlit as st

from adoption.formats import number_text
from adoption.jobs.job import Job
from adoption.language import say
from adoption.pages import view
from adoption.pages.loading.current import begin, leave_button, moment
from adoption.pages.loading.outcome import effect, what_was_read
from adoption.pages.loading.reverting import listed
from adoption.pages.loading.who import who


def decide(job: Job) -> None:
    """Who loads it, and the button."""
    tell = view.language()
    with st.container(horizontal=True, vertical_alignment="bottom", key="decide"):
        by = who(say(tell, "Loaded by"), "by")
        wanted = st.button(
            say(tell, "Load"), type="primary", icon=":material/upload_file:", key="load"
        )
        leave_button(job, say(tell, "Discard"))
    if wanted and not by:
        st.warning(say(tell, "Please say who loads this: it is kept in the history."))
    elif wanted:
        begin(job, kind="load", by=by, asked_at=moment())


def loaded(job: Job, result: dict[str, Any]) -> None:
    tell, files = view.language(), result["files"]
    st.success(
        say(
            tell,
            "Loaded and published as load {numbers}.",
            numbers=listed(list(dict.fromkeys(file["load"] for file in files)), tell),
        ),
        icon=":material/check_circle:",
    )
    cleared = sum({file["load"]: file["cleared"] for file in files}.values())
    if cleared:
        st.text(
            say(tell, "{count} earlier rejects are mended now.", count=number_text(cleared)),
        )
    effect(result, is_loaded=True)
    what_was_read(files)
    if any(file["rejected"] for file in files):
        st.caption(say(tell, "Rejected rows can be downloaded below, mended and loaded again."))
    leave_button(job, say(tell, "Load other files"))
