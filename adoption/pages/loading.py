"""The upper part of the 資料 page: choose files, check what they would change, load them.

The work is done by a process of its own (adoption/loading); the page starts it and looks on.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import streamlit as st

from adoption.charts.headlines import arrow
from adoption.charts.totals import beside
from adoption.formats import change_text, day_text, number_text
from adoption.language import Language, say
from adoption.loading.job import (
    Job,
    Kind,
    Request,
    Status,
    clean,
    discard,
    jobs,
    jobs_folder,
    new_job,
    start,
)
from adoption.loading.tables import (
    columns_table,
    equation,
    feed_name,
    files_table,
    kept_table,
    rejects_table,
)
from adoption.metrics import HEADLINE_NUMBERS
from adoption.pages import show, view
from etl.days import day
from etl.feeds import FEEDS
from etl.values import BadValue

ANY = "any"
# Streamlit's uploader speaks English; what it says is said again, in the visitor's language.
_UPLOADER_STYLE = """<style>
[data-testid=stFileUploaderDropzoneInstructions] * {display: none}
[data-testid=stFileUploaderDropzoneInstructions]::after {content: "%s"; opacity: .7}
[data-testid=stFileUploaderDropzone] button p {display: none}
[data-testid=stFileUploaderDropzone] button [data-testid=stMarkdownContainer]::after {
  content: "%s"}
</style>"""


def panel() -> None:
    """The three steps: where this visitor's job stands, else choosing files; then other jobs."""
    found = jobs(jobs_folder(view.store()))
    chosen = next((job for job in found if job.id == st.session_state.get("job")), None)
    with st.container(border=True, key="loading"):
        if chosen is None:
            _steps(1)
            _choose()
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


def _choose() -> None:
    tell = view.language()
    st.html(
        _UPLOADER_STYLE
        % (say(tell, "or drop them here, up to 200 MB each"), say(tell, "Choose files"))
    )
    uploads = st.file_uploader(
        say(tell, "Files to load: one or several, of one kind or of several"),
        accept_multiple_files=True,
        key="uploads",
    )
    kind, cut_off = st.columns(2)
    with kind:
        feed = st.selectbox(
            say(tell, "Kind of records"),
            [ANY, *FEEDS],
            format_func=lambda name: _kind(name, tell),
            key="feed",
        )
    with cut_off:
        stated = st.text_input(
            say(tell, "Complete up to (optional)"),
            placeholder=say(tell, "such as 2013-09-24"),
            help=say(
                tell,
                "The day up to which the records are complete. The dashboard shows the numbers "
                "as of this day; without it, as of the last event in the records.",
            ),
            key="cut_off",
        )
    day_meant = _day(stated)
    if st.button(
        say(tell, "Check"),
        type="primary",
        icon=":material/fact_check:",
        disabled=not uploads or (bool(stated) and day_meant is None),
        key="check",
    ):
        folder = jobs_folder(view.store())
        clean(folder, view.now())
        request = Request(
            kind="check",
            store=view.store().url,
            by="",
            asked_at=view.now().isoformat(timespec="seconds"),
            language=tell,
            feed=None if feed == ANY else feed,
            cut_off=day_meant.isoformat() if day_meant else None,
        )
        files = [(upload.name, upload.getbuffer()) for upload in uploads]
        _begin(new_job(folder, request, files, view.now()))
    st.caption(say(tell, "Checking changes nothing. You see the effect first and then decide."))


def _kind(name: str, tell: Language) -> str:
    return say(tell, "Tell from the headers") if name == ANY else feed_name(name, tell)


def _day(stated: str) -> date | None:
    """What was typed, as a day; says so when it is none."""
    tell = view.language()
    if not stated.strip():
        return None
    try:
        meant = day(stated.strip())
    except BadValue:
        st.warning(say(tell, "This is not a day: write it as 102/9/24 or 2013-09-24."))
        return None
    st.caption(day_text(meant, tell))
    return meant


def _begin(job: Job, **changes: Any) -> None:
    start(job, **changes)
    st.session_state["job"] = job.id
    st.rerun()


def start_revert(load: int) -> None:
    """Have a load taken back, as a job of its own."""
    store = view.store()
    request = Request(
        kind="revert",
        store=store.url,
        by="",
        asked_at=view.now().isoformat(timespec="seconds"),
        language=view.language(),
        load=load,
    )
    _begin(new_job(jobs_folder(store), request, [], view.now()))


def _look_at(job: Job) -> None:
    status = job.status
    if status.kind != "revert":
        _steps(2 if status.kind == "check" else 3)
    if not status.is_over:
        st.fragment(_watch, run_every=1.0)(job)
        return
    if status.state == "failed":
        _failed(job, status)
    elif status.kind == "check":
        _checked(job, job.result("check"))
    elif status.kind == "load":
        _loaded(job, job.result("load"))
    else:
        _reverted(job)


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


def _doing(status: Status, tell: Language) -> str:
    doing = {
        "": say(tell, "Starting"),
        "wait": say(tell, "Waiting for another load to finish"),
        "recognise": say(tell, "Recognising the files"),
        "read": say(tell, "Reading and checking the rows"),
        "keep": say(tell, "Comparing with the records"),
        "compare": say(tell, "Working out the effect on the numbers"),
        "publish": say(tell, "Publishing"),
        "revert": say(tell, "Taking the load back"),
    }
    return f"{doing.get(status.doing, doing[''])} · {status.share:.0%}"


def _failed(job: Job, status: Status) -> None:
    tell = view.language()
    st.error(say(tell, "Nothing was changed."), icon=":material/error:")
    st.text(status.zh if tell == "zh" else status.en)
    if status.kind == "check":
        with st.container(horizontal=True, vertical_alignment="bottom"):
            feed = st.selectbox(
                say(tell, "Kind of records"),
                list(FEEDS),
                index=None,
                placeholder=say(tell, "Choose"),
                format_func=lambda name: feed_name(name, tell),
                key="feed_again",
                width=260,
            )
            if st.button(say(tell, "Check again"), disabled=feed is None, key="check_again"):
                _begin(job, kind="check", feed=feed)
    _leave(job, say(tell, "Choose other files"))


def _leave(job: Job, label: str) -> None:
    if st.button(label, key="leave"):
        discard(job)
        st.session_state["job"] = None
        st.rerun()


def _checked(job: Job, result: dict[str, Any]) -> None:
    tell, files = view.language(), result["files"]
    st.subheader(say(tell, "What these files would change"), anchor=False)
    _effect(result, is_loaded=False)
    st.text(equation(tell, files))
    show.table(files_table(tell, files))
    rejected = sum(file["rejected"] for file in files)
    refused, kept, columns, totals = st.tabs(
        [
            say(tell, "Rejected rows ({count})", count=number_text(rejected)),
            say(tell, "New or changed rows"),
            say(tell, "Columns"),
            say(tell, "Control totals"),
        ]
    )
    with refused:
        _rejected(job, result["rejects"], rejected)
    with kept:
        for part in result["kept"]:
            if part["rows"]:
                st.caption(
                    say(
                        tell,
                        "{kind}: the first {count} rows",
                        kind=feed_name(part["feed"], tell),
                        count=number_text(len(part["rows"])),
                    )
                )
                show.table(kept_table(tell, part))
        if not any(part["rows"] for part in result["kept"]):
            st.caption(say(tell, "No row is new or changed."))
    with columns:
        show.table(columns_table(tell, files))
    with totals:
        _after(files[-1]["totals"])
    _decide(job)


def _effect(result: dict[str, Any], *, is_loaded: bool) -> None:
    """The headline numbers with this load, each with its change and what it is without."""
    tell, before, after = view.language(), result["before"], result["after"]
    with st.container(horizontal=True, key="effect"):
        for number, old, new in zip(
            HEADLINE_NUMBERS, before["numbers"], after["numbers"], strict=True
        ):
            value = number_text(old)
            st.metric(
                number.label.in_language(tell),
                number_text(new),
                change_text(new - old),
                delta_color="off",
                delta_arrow=arrow(new - old),
                delta_description=say(tell, "before {number}", number=value)
                if is_loaded
                else say(tell, "now {number}", number=value),
                border=True,
                height="stretch",
            )
    days = [
        day_text(date.fromisoformat(standing["as_of"]), tell)
        if standing["as_of"]
        else say(tell, "no records")
        for standing in (before, after)
    ]
    if days[0] == days[1]:
        st.caption(say(tell, "As of {day}", day=days[0]))
    elif is_loaded:
        st.caption(say(tell, "As of: before {before}, now {after}", before=days[0], after=days[1]))
    else:
        st.caption(
            say(tell, "As of: now {before}, after this load {after}", before=days[0], after=days[1])
        )


def _rejected(job: Job, first: Sequence[dict[str, Any]], count: int) -> None:
    tell = view.language()
    if not count:
        st.caption(say(tell, "No row is rejected."))
        return
    show.table(rejects_table(tell, first, between="\n"), wraps=True)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            say(
                tell,
                "The first {shown} of {count}. They are left out; the other rows can be loaded.",
                shown=number_text(len(first)),
                count=number_text(count),
            )
        )
        st.download_button(
            say(tell, "Rejected rows (CSV)"),
            lambda: show.as_csv(rejects_table(tell, _all_rejects(job))),
            file_name="rejects.csv",
            mime="text/csv",
            icon=":material/download:",
            key="download_checked_rejects",
        )


def _all_rejects(job: Job) -> Iterator[dict[str, Any]]:
    with (job.folder / "rejects.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _after(totals: Sequence[dict[str, Any]]) -> None:
    tell = view.language()
    st.caption(say(tell, "As they would be after this load."))
    show.table(
        beside(
            tell,
            [
                (
                    total["metric"],
                    total["scope"],
                    total["measure"],
                    date.fromisoformat(total["as_of"]),
                    total["expected"],
                    total["actual"],
                )
                for total in totals
            ],
        )
    )


def _decide(job: Job) -> None:
    """The third step: who loads it, and the button."""
    tell = view.language()
    with st.container(horizontal=True, vertical_alignment="bottom", key="decide"):
        by = st.text_input(
            say(tell, "Loaded by"),
            placeholder=say(tell, "office or post, kept in the history"),
            max_chars=80,
            key="by",
            width=320,
        )
        wanted = st.button(
            say(tell, "Load"), type="primary", icon=":material/upload_file:", key="load"
        )
        _leave(job, say(tell, "Discard"))
    if wanted and not by.strip():
        st.warning(say(tell, "Please say who loads this: it is kept in the history."))
    elif wanted:
        _begin(job, kind="load", by=by.strip(), asked_at=view.now().isoformat(timespec="seconds"))


def _loaded(job: Job, result: dict[str, Any]) -> None:
    tell, files = view.language(), result["files"]
    numbers = say(tell, ", ").join(str(n) for n in dict.fromkeys(f["load"] for f in files))
    st.success(
        say(tell, "Loaded and published as load {numbers}.", numbers=numbers),
        icon=":material/check_circle:",
    )
    _effect(result, is_loaded=True)
    st.text(equation(tell, files))
    show.table(files_table(tell, files))
    if any(file["rejected"] for file in files):
        st.caption(say(tell, "Rejected rows can be downloaded below, mended and loaded again."))
    _leave(job, say(tell, "Load other files"))


def _reverted(job: Job) -> None:
    tell = view.language()
    st.success(
        say(tell, "Load {number} was taken back.", number=str(job.request.load)),
        icon=":material/check_circle:",
    )
    _leave(job, say(tell, "Close"))


def _others(found: Sequence[Job]) -> None:
    """Jobs of other visitors, and this one's from before: to look at again."""
    tell = view.language()
    for job in found:
        try:
            status, request = job.status, job.request
        except (OSError, ValueError):
            continue  # discarded meanwhile
        with st.container(horizontal=True, vertical_alignment="center", key=f"job-{job.id}"):
            if not status.is_over:
                st.badge(_state(status.kind, status, tell), color="primary")
            else:
                st.badge(
                    _state(status.kind, status, tell),
                    color="red" if status.state == "failed" else "gray",
                )
            names = say(tell, ", ").join(file.name for file in request.files[:3])
            st.text(names, width="content")
            st.space("stretch")
            if st.button(say(tell, "Open"), key=f"open-{job.id}", type="tertiary"):
                st.session_state["job"] = job.id
                st.rerun()


def _state(kind: Kind, status: Status, tell: Language) -> str:
    if status.state == "failed":
        return say(tell, "Failed")
    if not status.is_over:
        return say(tell, "Running")
    return {
        "check": say(tell, "Checked, to be decided"),
        "load": say(tell, "Loaded"),
        "revert": say(tell, "Taken back"),
    }[kind]
