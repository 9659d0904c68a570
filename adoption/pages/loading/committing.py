"""The third step: what came of the load."""

from typing import Any

import streamlit as st

from adoption.jobs.job import Job
from adoption.language import say, say_of
from adoption.pages import view
from adoption.pages.loading.current import leave_button
from adoption.pages.loading.outcome import effect, what_was_read
from adoption.pages.loading.rejects import downloads_of_loads, how_to_mend
from adoption.pages.loading.reverting import listed
from etl.history.ledger import reject_counts


def loaded(job: Job, result: dict[str, Any]) -> None:
    tell, files = view.language(), result["files"]
    numbers = list(dict.fromkeys(file["load"] for file in files))
    st.success(
        say_of(
            tell,
            len(numbers),
            "Loaded and published as load {numbers}.",
            "Loaded and published as loads {numbers}.",
            numbers=listed(numbers, tell),
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
