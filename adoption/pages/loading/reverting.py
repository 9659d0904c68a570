"""Taking loads back: which, what that would change, by whom, and what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from adoption.formats import number_text
from adoption.jobs.job import Job, jobs, jobs_folder
from adoption.language import Language, say, say_of
from adoption.pages import view
from adoption.pages.loading.current import begin, begin_new, leave_button
from adoption.pages.loading.outcome import effect
from adoption.pages.loading.who import who

Entries = Sequence[Mapping[str, Any]]


def under_way() -> set[int]:
    """The loads that somebody is taking back just now."""
    found: set[int] = set()
    for job in jobs(jobs_folder(view.store())):
        try:
            status = job.status
            if status.kind == "revert" and not status.is_over:
                found |= set(job.request.loads)
        except (OSError, ValueError, TypeError):
            continue  # discarded meanwhile, or by another version of the program
    return found


def revert_button(entries: Entries, names: Mapping[int, str], chosen: int) -> None:
    """Which loads, `chosen` among them; then what that would change is worked out first."""
    tell, busy = view.language(), under_way()
    left = [
        load
        for load in names
        if load not in busy and not any(e["load"] == load and e["reverted_at"] for e in entries)
    ]
    if busy:
        st.text(_being_taken_back(tell, busy, entries))
        return
    if not left or _is_reverting():  # what becomes of it is shown above
        return
    with st.popover(say(tell, "Take back"), icon=":material/undo:", key="revert"):
        wanted = st.multiselect(
            say(tell, "Loads to take back together"),
            left,
            default=[chosen] if chosen in left else [],
            format_func=lambda load: names[load],
            placeholder=say(tell, "Choose"),
            key=f"revert_loads_{max(names)}_{chosen}",
        )
        st.write(
            say(
                tell,
                "All that these loads changed is undone; the loads after them stay. "
                "You see the effect first and then decide.",
            )
        )
        if wanted:
            st.caption(_how_long(tell, wanted, entries))
        if st.button(
            say(tell, "See the effect"),
            type="primary",
            icon=":material/fact_check:",
            disabled=not wanted,
            key="revert_check",
        ):
            begin_new("revert_check", loads=tuple(sorted(wanted)))


def _is_reverting() -> bool:
    """Whether this visitor looks at loads being taken back, or what that would change."""
    job = Job(jobs_folder(view.store()) / str(st.session_state.get("job")))
    return job in jobs(jobs_folder(view.store())) and "revert" in job.status.kind


def _being_taken_back(tell: Language, busy: set[int], entries: Entries) -> str:
    numbers = listed(sorted(busy), tell)
    said = say(tell, "Load {numbers} is being taken back.", numbers=numbers)
    return f"{said} {_how_long(tell, sorted(busy), entries)}"


def _how_long(tell: Language, wanted: Sequence[int], entries: Entries) -> str:
    """The loads after the first of them are done again: in about the time that they took."""
    again = {
        entry["load"]: entry["seconds"]
        for entry in entries
        if entry["load"] > min(wanted) and not entry["reverted_at"] and entry["load"] not in wanted
    }
    seconds = number_text(max(2, round(sum(again.values()))))
    if not again:
        return say(tell, "This takes about {seconds} seconds.", seconds=seconds)
    return say_of(
        tell,
        len(again),
        "{count} later load is done again: about {seconds} seconds.",
        "{count} later loads are done again: about {seconds} seconds.",
        count=number_text(len(again)),
        seconds=seconds,
    )


def foreseen(job: Job, result: dict[str, Any]) -> None:
    """What taking them back would change, and the decision."""
    tell = view.language()
    numbers = listed(job.request.loads, tell)
    st.subheader(
        say(tell, "What taking back load {numbers} would change", numbers=numbers), anchor=False
    )
    if result["version"] != view.store().version:
        st.warning(
            say(tell, "The records have changed since this check."), icon=":material/update:"
        )
        if st.button(say(tell, "Check again"), key="check_again"):
            begin(job, kind="revert_check")
    effect(result, is_loaded=False)
    _others(tell, result)
    st.caption(say(tell, "Other visitors see the change at once; the history keeps the load."))
    with st.container(horizontal=True, vertical_alignment="bottom", key="decide"):
        by = who(say(tell, "Taken back by"), "revert_by")
        wanted = st.button(
            say(tell, "Yes, take it back"), type="primary", icon=":material/undo:", key="revert_now"
        )
        leave_button(job, say(tell, "Leave it"))
    if wanted and not by:
        st.warning(say(tell, "Please say who takes it back: it is kept in the history."))
    elif wanted:
        begin(job, kind="revert", by=by)


def reverted(job: Job, result: dict[str, Any]) -> None:
    tell = view.language()
    st.success(
        say(tell, "Load {number} was taken back.", number=listed(job.request.loads, tell)),
        icon=":material/check_circle:",
    )
    effect(result, is_loaded=True)
    _others(tell, result)
    leave_button(job, say(tell, "Close"))


def _others(tell: Language, result: dict[str, Any]) -> None:
    if result["changed"]:
        st.text(
            say(
                tell,
                "Rows of these later loads fare otherwise without it: {numbers}. See below.",
                numbers=listed(result["changed"], tell),
            )
        )


def listed(numbers: Sequence[int], tell: Language) -> str:
    return say(tell, ", ").join(map(str, numbers))
