"""The third step: who loads the files, and what came of it; and taking a load back."""

from typing import Any

import streamlit as st

from adoption.jobs.job import Job
from adoption.language import Language, say
from adoption.pages import view
from adoption.pages.loading.current import begin, begin_new, leave_button, moment
from adoption.pages.loading.outcome import effect, what_was_read
from adoption.pages.loading.rejects import downloads_of_loads, how_to_mend
from etl.history.ledger import reject_counts


def decide(job: Job) -> None:
    """Who loads it, and the button."""
    tell = view.language()
    with st.container(horizontal=True, vertical_alignment="bottom", key="decide"):
        by = _who(say(tell, "Loaded by"), "by")
        wanted = st.button(
            say(tell, "Load"), type="primary", icon=":material/upload_file:", key="load"
        )
        leave_button(job, say(tell, "Discard"))
    if wanted and not by:
        st.warning(say(tell, "Please say who loads this: it is kept in the history."))
    elif wanted:
        begin(job, kind="load", by=by, asked_at=moment())


def _who(label: str, key: str) -> str:
    text = st.text_input(
        label,
        placeholder=say(view.language(), "office or post, kept in the history"),
        max_chars=80,
        key=key,
        width=320,
    )
    return text.strip()


def revert_button(load: int, name: str) -> None:
    """Says what taking `load` back means, and wants to know by whom, before it is done."""
    tell = view.language()
    with st.popover(say(tell, "Take back"), icon=":material/undo:", key="revert"):
        st.text(name)
        st.write(
            say(
                tell,
                "All that this load changed is undone. The loads after it stay. "
                "Other visitors see the change at once.",
            )
        )
        by = _who(say(tell, "Taken back by"), "revert_by")
        if st.button(say(tell, "Yes, take it back"), type="primary", key="revert_now"):
            if by:
                begin_new("revert", load=load, by=by)
            st.warning(say(tell, "Please say who takes it back: it is kept in the history."))


def loaded(job: Job, result: dict[str, Any]) -> None:
    tell, files = view.language(), result["files"]
    st.success(
        say(
            tell,
            "Loaded and published as load {numbers}.",
            numbers=_listed(list(dict.fromkeys(file["load"] for file in files)), tell),
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


def reverted(job: Job, result: dict[str, Any]) -> None:
    tell = view.language()
    st.success(
        say(tell, "Load {number} was taken back.", number=str(job.request.load)),
        icon=":material/check_circle:",
    )
    effect(result, is_loaded=True)
    if result["changed"]:
        st.text(
            say(
                tell,
                "Rows of these later loads fare otherwise without it: {numbers}. See below.",
                numbers=_listed(result["changed"], tell),
            )
        )
    leave_button(job, say(tell, "Close"))


def _listed(numbers: list[int], tell: Language) -> str:
    return say(tell, ", ").join(map(str, numbers))
