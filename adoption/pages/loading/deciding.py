"""The end of a check: whether it still holds, by whom it is done, and the button."""

import streamlit as st

from adoption.jobs.job import Job, Kind
from adoption.language import say
from adoption.pages import view
from adoption.pages.loading.current import begin, leave_button
from adoption.pages.loading.who import who


def outdated(job: Job, version: str) -> None:
    """Says so when the effect is not what it was when it was worked out, for `version`: it can be
    worked out again."""
    if version == view.store().version:
        return
    tell = view.language()
    st.warning(say(tell, "The records have changed since this check."), icon=":material/update:")
    if st.button(say(tell, "Check again"), key="check_again"):
        begin(job, kind=job.status.kind)


def decide(
    job: Job,
    kind: Kind,
    keys: tuple[str, str],
    *,
    by_whom: str,
    do: str,
    icon: str,
    leave: str,
    nobody: str,
) -> None:
    """Begins what was checked as a job of `kind` once somebody wants it and says who; `nobody` is
    said to whoever does not say. All words in the visitor's language; `keys` of the text and the
    button."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="decide"):
        by = who(by_whom, keys[0])
        wanted = st.button(do, type="primary", icon=icon, key=keys[1])
        leave_button(job, leave)
    if wanted and not by:
        st.warning(nobody)
    elif wanted:
        begin(job, kind=kind, by=by)
