"""The first step: which files, what they are, and up to which day they are complete."""

from dataclasses import replace
from datetime import date

import streamlit as st

from adoption.formats import day_text
from adoption.jobs.job import Job
from adoption.jobs.kinds import FileKind, file_kinds
from adoption.language import say
from adoption.pages import view
from adoption.pages.loading.current import begin, begin_new
from etl.validation.days import day, day_of_loading
from etl.validation.values import BadValue

ANY = "any"
# Streamlit's uploader speaks English; what it says is said again, in the visitor's language.
UPLOADER_STYLE = """<style>
[data-testid=stFileUploaderDropzoneInstructions] * {display: none}
[data-testid=stFileUploaderDropzoneInstructions]::after {content: "%s"; opacity: .7}
[data-testid=stFileUploaderDropzone] button p {display: none}
[data-testid=stFileUploaderDropzone] button [data-testid=stMarkdownContainer]::after {
  content: "%s"}
</style>"""


def choose() -> None:
    tell, kinds = view.language(), file_kinds()
    st.html(
        UPLOADER_STYLE
        % (say(tell, "or drop them here, up to 200 MB each"), say(tell, "Choose files"))
    )
    uploads = st.file_uploader(
        say(tell, "Files to load: one or several, of one kind or of several"),
        accept_multiple_files=True,
        key="uploads",
    )
    kind, cut_off = st.columns(2)
    with kind:
        chosen = st.selectbox(
            say(tell, "Kind of records"),
            [ANY, *kinds],
            format_func=lambda code: (
                say(tell, "Tell from the headers")
                if code == ANY
                else kinds[code].title.in_language(tell)
            ),
            help=say(
                tell,
                "A kind with a name after it reads the files of another system by the profile "
                "of that name in data/profiles.",
            ),
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
        begin_new(
            "check",
            [(upload.name, upload.getbuffer()) for upload in uploads],
            cut_off=day_meant.isoformat() if day_meant else None,
            **_asked(kinds, chosen),
        )
    st.caption(say(tell, "Checking changes nothing. You see the effect first and then decide."))


def check_again(job: Job) -> None:
    """After a check that could not tell what the files are, or was told wrongly."""
    tell, kinds = view.language(), file_kinds()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            say(tell, "Kind of records"),
            list(kinds),
            index=None,
            placeholder=say(tell, "Choose"),
            format_func=lambda code: kinds[code].title.in_language(tell),
            key="feed_again",
            width=320,
        )
        if st.button(say(tell, "Check again"), disabled=chosen is None, key="check_again"):
            files = tuple(replace(file, feed=None) for file in job.request.files)
            begin(job, kind="check", files=files, **_asked(kinds, chosen))


def _asked(kinds: dict[str, FileKind], code: str | None) -> dict[str, str | None]:
    """The fields of a job's Request that say what the files are."""
    kind = kinds.get(code or ANY)
    return {"feed": kind.feed, "profile": kind.profile, "profile_name": code} if kind else {}


def _day(stated: str) -> date | None:
    """What was typed, as a day; says so when it is none, or none that records can be up to."""
    tell = view.language()
    if not stated.strip():
        return None
    try:
        meant = day(stated.strip())
    except BadValue:
        st.warning(say(tell, "This is not a day: write it as 102/9/24 or 2013-09-24."))
        return None
    if meant > day_of_loading(view.now()):
        said = say(
            tell,
            "{day} is still to come: records cannot be complete up to it yet.",
            day=day_text(meant, tell),
        )
        st.warning(said)
        return None
    st.caption(day_text(meant, tell))
    return meant
