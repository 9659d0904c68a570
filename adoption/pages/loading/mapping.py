"""Between choosing and checking: which column of a file is which, where its headers do not say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import pandas as pd
import streamlit as st

from adoption.command import CommandError
from adoption.formats import number_text
from adoption.jobs.job import Job
from adoption.jobs.tables import column_title, feed_name
from adoption.jobs.trying import Tried, tried
from adoption.language import Language, say, say_of
from adoption.pages import show, view
from adoption.pages.loading.current import begin, leave_button
from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.headers import missing_columns, names_of, plain
from etl.mapping.kept_profiles import MOST_TITLE, keep_profile
from etl.validation.days import day_of_loading

_ROWS_SHOWN = 5
_IN_A_ROW = 3


def ask(job: Job, questions: Sequence[dict[str, Any]]) -> None:
    """The first of the files to ask about; the others follow when it is settled."""
    tell, asked = view.language(), questions[0]
    st.subheader(say(tell, "Which column is which?"), anchor=False)
    st.text(_about(tell, asked, len(questions)))
    show.table(pd.DataFrame(asked["rows"][:_ROWS_SHOWN], columns=asked["headers"]))
    feed = _feed(asked)
    if feed is not None:
        columns = _columns(asked, feed)
        if _is_good(feed, columns):
            today = day_of_loading(view.now())
            _effect(tried(tell, feed, asked["headers"], asked["rows"], columns, today))
        _confirm(job, asked, feed, columns)
    else:
        leave_button(job, say(tell, "Choose other files"))


def _about(tell: Language, asked: Mapping[str, Any], count: int) -> str:
    comma = say(tell, ", ")
    facts = [say(tell, "sheet “{name}”", name=asked["sheet"])] if asked["sheet"] else []
    facts.append(say(tell, "header in row {number}", number=str(asked["header_row"])))
    facts.append(say(tell, "the first rows"))
    if count > 1:
        facts.append(
            say_of(
                tell,
                count - 1,
                "{count} more file to ask about",
                "{count} more files to ask about",
                count=number_text(count - 1),
            )
        )
    return say(tell, "{file}: {facts}", file=asked["name"], facts=comma.join(facts))


def _feed(asked: Mapping[str, Any]) -> Feed | None:
    tell, codes = view.language(), list(FEEDS)
    chosen = st.selectbox(
        say(tell, "Kind of records"),
        codes,
        index=codes.index(asked["feed"]) if asked["feed"] else None,
        placeholder=say(tell, "Choose"),
        format_func=lambda code: feed_name(code, tell),
        key=f"map_{asked['place']}_feed",
        width=320,
    )
    return FEEDS[chosen] if chosen else None


def _columns(asked: Mapping[str, Any], feed: Feed) -> dict[str, str]:
    """Column of the feed -> header, as chosen; what is not needed is folded, unless it is there."""
    tell, suggested = view.language(), asked["suggested"][feed.name]
    st.caption(
        say(tell, "These are suggestions from the headers and the values: confirm or change them.")
    )
    needed = [column.name for column in missing_columns(feed, ())]
    found = [c.name for c in feed.columns if c.name in needed or suggested[c.name]["header"]]
    others = [column.name for column in feed.columns if column.name not in found]
    chosen = _boxes(asked, feed, found, needed)
    if others:
        with st.expander(say(tell, "Other columns, which may be left out")):
            chosen |= _boxes(asked, feed, others, needed)
    return {name: header for name, header in chosen.items() if header is not None}


def _boxes(
    asked: Mapping[str, Any], feed: Feed, names: Sequence[str], needed: Sequence[str]
) -> dict[str, str | None]:
    chosen = {}
    for start in range(0, len(names), _IN_A_ROW):
        places = st.columns(_IN_A_ROW)
        for name, place in zip(names[start : start + _IN_A_ROW], places, strict=False):
            with place:
                chosen[name] = _box(asked, feed, name, is_needed=name in needed)
    return chosen


def _box(asked: Mapping[str, Any], feed: Feed, name: str, *, is_needed: bool) -> str | None:
    tell, suggested = view.language(), asked["suggested"][feed.name][name]
    headers: list[str | None] = list(asked["headers"])
    title = column_title(tell, feed, name)
    none = say(tell, "Choose a column") if is_needed else say(tell, "none")
    offered = headers if _is_read_anyway(asked, feed, name) else [None, *headers]
    header: str | None = st.selectbox(
        title if is_needed else say(tell, "{title} (optional)", title=title),
        offered,
        index=offered.index(suggested["header"]) if suggested["header"] in headers else 0,
        format_func=lambda chosen: none if chosen is None else chosen,
        key=_key(asked, feed, name),
    )
    reasons = [reason[tell] for reason in suggested["reasons"]]
    if header is not None and header == suggested["header"] and reasons:
        st.caption(show.as_text(say(tell, "; ").join(reasons)))
    return header


def _is_read_anyway(asked: Mapping[str, Any], feed: Feed, name: str) -> bool:
    """Whether a header is known as column `name` by itself, and is not chosen for another one: no
    profile has it left out."""
    names = names_of(feed)
    known = {header for header in asked["headers"] if names.get(plain(header)) == name}
    others = (column.name for column in feed.columns if column.name != name)
    taken = {st.session_state.get(_key(asked, feed, other)) for other in others}
    return not known <= taken


def _key(asked: Mapping[str, Any], feed: Feed, name: str) -> str:
    return f"map_{asked['place']}_{feed.name}_{name}"


def _is_good(feed: Feed, columns: Mapping[str, str]) -> bool:
    """Whether all that is needed is there, and nothing twice; says so otherwise."""
    tell = view.language()
    lacking = [column_title(tell, feed, column.name) for column in missing_columns(feed, columns)]
    twice = {header for header in columns.values() if list(columns.values()).count(header) > 1}
    if lacking:
        names = say(tell, ", ").join(lacking)
        st.warning(say(tell, "Still to be chosen: {names}", names=names), icon=":material/help:")
    if twice:
        names = show.as_text(say(tell, ", ").join(sorted(twice)))
        st.warning(say(tell, "Chosen twice: {names}", names=names), icon=":material/help:")
    return not lacking and not twice


def _effect(result: Tried) -> None:
    tell = view.language()
    st.text(
        say_of(
            tell,
            result.count,
            "Read this way, {good} of {count} row is right:",
            "Read this way, {good} of the first {count} rows are right:",
            good=number_text(result.good),
            count=number_text(result.count),
        )
    )
    show.table(result.table, wraps=result.good < result.count)


def _confirm(job: Job, asked: Mapping[str, Any], feed: Feed, columns: Mapping[str, str]) -> None:
    """The name under which it is kept, and the button."""
    tell = view.language()
    is_ready = not missing_columns(feed, columns) and len(set(columns.values())) == len(columns)
    with st.container(horizontal=True, vertical_alignment="bottom", key="confirm_mapping"):
        title = st.text_input(
            say(tell, "Keep as profile"),
            asked["title"] or PurePath(asked["name"]).stem,
            max_chars=MOST_TITLE,
            help=say(
                tell, "The next file with these headers is read by it without being asked again."
            ),
            key=f"map_{asked['place']}_title",
            width=320,
        ).strip()
        wanted = st.button(
            say(tell, "Confirm and check"),
            type="primary",
            icon=":material/fact_check:",
            disabled=not is_ready or not title,
            key="map",
        )
        leave_button(job, say(tell, "Choose other files"))
    if not wanted:
        return
    try:
        keep_profile(view.store(), feed, title, columns, instead_of=asked["profile"])
    except CommandError as error:
        st.error(error.zh if tell == "zh" else error.en, icon=":material/error:")
        return
    files = list(job.request.files)
    files[asked["place"]] = replace(files[asked["place"]], feed=feed.name)
    begin(job, kind="check", files=tuple(files), ask=None)
