"""The panel: which of the three steps this visitor's job is in, and below it the jobs of others."""

from collections.abc import Sequence

import streamlit as st

from adoption.jobs.job import PUBLISHING, Job, Status, jobs, jobs_folder
from adoption.language import Language, say, say_of
from adoption.pages import view
from adoption.pages.loading.checking import checked
from adoption.pages.loading.choosing import check_again, choose
from adoption.pages.loading.committing import loaded
from adoption.pages.loading.current import leave_button
from adoption.pages.loading.reverting import foreseen, listed, reverted


def panel() -> None:
    """Where this visitor's job stands, else choosing files; then other jobs."""
    found = jobs(jobs_folder(view.store()))
    chosen = next((job for job in found if job.id == view.current().job), None)
    with st.container(border=True, key="loading"):
        if chosen is None:
            _steps(1)
            choose()
        else:
            _look_at(chosen)
    _others([job for job in found if job != chosen])


def _steps(current: int) -> None:
    tell = view.language()
    names = (say(tell, "Choose files"), say(tell, "Check"), say(tell, "Load"))
    with st.container(horizontal=True, vertical_alignment="center", key="steps"):
        for number, name in enumerate(names, 1):
            if number > 1:
                st.markdown(":gray[›]", width="content")
            if number == current:
                text = f":primary-badge[{number}] **:primary[{name}]**"
            elif number < current:
                text = f":gray-badge[✓] :gray[{name}]"
            else:
                text = f":gray-badge[{number}] :gray[{name}]"
            st.markdown(text, width="content")


def _look_at(job: Job) -> None:
    status = job.status
    if status.kind in ("check", "load"):
        _steps(2 if status.kind == "check" else 3)
    if not status.is_over:
        st.fragment(_watch, run_every=1.0)(job)
    elif status.state == "failed":
        _failed(job, status)
    else:
        show = {
            "check": checked,
            "load": loaded,
            "revert_check": foreseen,
            "revert": reverted,
        }[status.kind]
        show(job, job.result(status.kind))


def _watch(job: Job) -> None:
    """The progress bar; when the job is over the whole page is drawn again."""
    if not job.folder.exists():  # another visitor discarded it
        st.rerun()
    tell, status = view.language(), job.status
    if status.is_over:
        st.rerun()
    st.progress(status.share, _doing(status, tell))
    st.caption(
        say(
            tell,
            "You may close this page: the work goes on, and you find it here again.",
        )
    )
    can_stop = status.kind != "revert" and status.doing != "publish"
    if can_stop and st.button(say(tell, "Stop"), icon=":material/stop_circle:", key="stop"):
        job.stop()


def _doing(status: Status, tell: Language) -> str:
    doing = {
        "": say(tell, "Starting"),
        "wait": say(tell, "Waiting for another load to finish"),
        "recognise": say(tell, "Recognising the files"),
        "read": say(tell, "Reading and checking the rows"),
        "keep": say(tell, "Comparing with the records"),
        "compare": say(tell, "Working out the effect on the numbers"),
        "publish": say(tell, "Publishing"),
        "revert_check": say(tell, "Working out the effect on the numbers"),
        "revert": say(tell, "Taking the load back"),
    }
    return f"{doing.get(status.doing, doing[''])} · {status.share:.0%}"


def _failed(job: Job, status: Status) -> None:
    tell = view.language()
    if status.kind in PUBLISHING:
        said = say(tell, "It did not end: the history below says whether it was published.")
    else:
        said = say(tell, "Nothing was changed.")
    st.error(said, icon=":material/error:")
    st.text(status.zh if tell == "zh" else status.en)
    if status.kind == "check":
        check_again(job)
    leave_button(
        job, say(tell, "Close") if "revert" in status.kind else say(tell, "Choose other files")
    )


def _others(found: Sequence[Job]) -> None:
    """Jobs of other visitors, and this one's from before: to look at again."""
    tell = view.language()
    for job in found:
        try:
            status, request = job.status, job.request
        except (OSError, ValueError, TypeError):
            continue  # discarded meanwhile, or by another version of the program
        with st.container(horizontal=True, vertical_alignment="center", key=f"job-{job.id}"):
            if not status.is_over:
                st.badge(_state(status, tell), color="primary")
            else:
                st.badge(
                    _state(status, tell),
                    color="red" if status.state == "failed" else "gray",
                )
            names = say(tell, ", ").join(file.name for file in request.files[:3])
            if request.loads:
                numbers = listed(request.loads, tell)
                names = say_of(
                    tell, len(request.loads), "Load {numbers}", "Loads {numbers}", numbers=numbers
                )
            st.text(names, width="content")
            st.space("stretch")
            if st.button(say(tell, "Open"), key=f"open-{job.id}", type="tertiary"):
                view.current().job = job.id
                st.rerun()


def _state(status: Status, tell: Language) -> str:
    if status.state == "failed":
        return say(tell, "Failed")
    if not status.is_over:
        return say(tell, "Running")
    return {
        "check": say(tell, "Checked, to be decided"),
        "load": say(tell, "Loaded"),
        "revert_check": say(tell, "Checked, to be decided"),
        "revert": say(tell, "Taken back"),
    }[status.kind]
