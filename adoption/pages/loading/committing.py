"""The third step: who loads the files, and what came of it."""

from typing import Any

import streamlit as st

from adoption.jobs.job import Job
from adoption.language import say
from adoption.pages import view
from adoption.pages.loading.current import begin, leave_button, moment
from adoption.pages.loading.outcome import effect, what_was_read
from adoption.pages.loading.rejects import downloads_of_loads, how_to_mend
from adoption.pages.loading.reverting import listed
from adoption.pages.loading.who import who
from etl.history.ledger import reject_counts


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
    effect(result, is_loaded=True)
    what_was_read(files)
    rejected = {file["load"]: file["feed"] for file in files if file["rejected"]}
    if rejected:
        left = reject_counts(view.store())
        counts = {feed: left.get(load, 0) for load, feed in rejected.items()}
        with st.container(horizontal=True, vertical_alignment="center"):
            downloads_of_loads(list(rejected), counts, "loaded_")
        st.caption(how_to_mend(tell))
    leave_button(job, say(tell, "Load other files"))
