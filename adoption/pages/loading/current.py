"""The job that this visitor looks at: begin it, leave it. Its id is in the address."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from adoption.command import CommandError
from adoption.jobs.job import Job, Kind, Request, clean, discard, jobs_folder, new_job, start
from adoption.pages import view


def begin_new(
    kind: Kind, files: Sequence[tuple[str, bytes | memoryview]] = (), **asked: Any
) -> None:
    """Have a process do it, and look at it from now on. `asked`: the fields of a Request."""
    folder = jobs_folder(view.store())
    clean(folder, view.now())
    request = Request(**{"kind": kind, "store": view.store().url, "by": ""} | asked)
    try:
        job = new_job(folder, request, files, view.now())
    except CommandError as error:  # no room for the files
        st.error(error.zh if view.language() == "zh" else error.en)
        return
    begin(job)


def begin(job: Job, **changes: Any) -> None:
    """The same for a job that is there, with `changes` to what was asked."""
    start(job, **changes)
    view.current().job = job.id
    st.rerun()


def leave_button(job: Job, label: str) -> None:
    """Forgets the job and its files."""
    if st.button(label, key="leave"):
        discard(job)
        view.current().job = None
        st.rerun()
