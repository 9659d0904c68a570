"""Taking loads back: which, what that would change, by whom, and what came of it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import streamlit as st

from adoption.formats import number_text
from adoption.jobs.effect import done_again
from adoption.jobs.job import Job, jobs, jobs_folder
from adoption.language import Language, say, say_of
from adoption.pages import view
from adoption.pages.loading.current import begin_new, leave_button
from adoption.pages.loading.deciding import decide, outdated
from adoption.pages.loading.outcome import effect

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


def revert_button(
    entries: Entries, names: Mapping[int, str], chosen: int, busy: Collection[int]
) -> None:
    """Which loads, `chosen` among them; then what that would change is worked out first. None while
    some are `busy` (as of `under_way`)."""
    tell = view.language()
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
    job = Job(jobs_folder(view.store()) / str(view.current().job))
    return job in jobs(jobs_folder(view.store())) and "revert" in job.status.kind


def _being_taken_back(tell: Language, busy: Collection[int], entries: Entries) -> str:
    said = say_of(
        tell,
        len(busy),
        "Load {numbers} is being taken back.",
        "Loads {numbers} are being taken back.",
        numbers=listed(sorted(busy), tell),
    )
    return f"{said}\n{_how_long(tell, sorted(busy), entries)}"


def _how_long(tell: Language, wanted: Sequence[int], entries: Entries) -> str:
    """The loads after the first of them are done again: in about the time that they took."""
    again, expected = done_again(entries, wanted)
    seconds = number_text(expected)
    if not again:
        return say(tell, "This takes about {seconds} seconds.", seconds=seconds)
    return say_of(
        tell,
        again,
        "{count} later load is done again: about {seconds} seconds.",
        "{count} later loads are done again: about {seconds} seconds.",
        count=number_text(again),
        seconds=seconds,
    )


def foreseen(job: Job, result: dict[str, Any]) -> None:
    """What taking them back would change, and the decision."""
    tell = view.language()
    loads = job.request.loads
    title = say_of(
        tell,
        len(loads),
        "What taking back load {numbers} would change",
        "What taking back loads {numbers} would change",
        numbers=listed(loads, tell),
    )
    st.subheader(title, anchor=False)
    outdated(job, result["version"])
    effect(result, is_loaded=False)
    _others(tell, result)
    st.caption(say(tell, "Other visitors see the change at once; the history keeps the load."))
    decide(
        job,
        "revert",
        ("revert_by", "revert_now"),
        by_whom=say(tell, "Taken back by"),
        do=say(tell, "Yes, take it back"),
        icon=":material/undo:",
        leave=say(tell, "Leave it"),
        nobody=say(tell, "Please say who takes it back: it is kept in the history."),
    )


def reverted(job: Job, result: dict[str, Any]) -> None:
    tell, loads = view.language(), job.request.loads
    st.success(
        say_of(
            tell,
            len(loads),
            "Load {numbers} was taken back.",
            "Loads {numbers} were taken back.",
            numbers=listed(loads, tell),
        ),
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
