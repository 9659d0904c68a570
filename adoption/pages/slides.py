"""The slides of a briefing on their page: which, in what order, and what each will say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from adoption.briefing.asked import Records, records_of
from adoption.briefing.content import Briefing, Fact, Panel, Slide, Table
from adoption.briefing.subjects import SUBJECTS, briefing
from adoption.charts.chart import Question
from adoption.charts.renderers.plotly import figure
from adoption.charts.spec import ChartSpec
from adoption.formats import number_text
from adoption.jobs.tables import feed_name
from adoption.language import Language, say
from adoption.metrics import Selection
from adoption.metrics.changes import integrated_systems
from adoption.pages import choices, show, view


@st.cache_data(max_entries=200, show_spinner=False)
def _systems(url: str, version: str, selection: Selection) -> pd.DataFrame:
    with view.reading(version) as reader:
        return integrated_systems(reader, selection)


@st.cache_resource(max_entries=20, show_spinner=False)
def records(url: str, version: str) -> Records:
    """What a briefing reads besides metrics."""
    with view.reading(version) as reader:
        found = records_of(reader, feed_name)
    return replace(found, systems=partial(_systems, url, version))


@dataclass(frozen=True)
class Preview:
    """One slide of a briefing, with its figures."""

    briefing: Briefing
    slide: Slide
    figures: Sequence[go.Figure]


@st.cache_resource(max_entries=300, show_spinner=False)
def _preview(
    stamp: tuple[str, str],
    selection: Selection,
    language: Language,
    keys: tuple[str, ...],
    key: str,
    compared: date | None,
    _question: Question,
) -> Preview:
    made = briefing(_question, records(*stamp), keys, compared, key)
    (slide,) = made.slides
    return Preview(made, slide, [_sent(chart) for chart in slide.charts])


def _sent(chart: ChartSpec) -> go.Figure:
    made = figure(chart)
    return show.Finished(made.to_dict() if made is not None else {})


def choose() -> tuple[str, ...]:
    """The slides that the visitor wants, in that order: names to open, and buttons for the open
    one."""
    tell, chosen = view.language(), view.current().choices
    keys, opened = chosen["slides"], shown()
    with st.container(gap="xxsmall", key="slide_names"):
        for number, key in enumerate(keys, 1):
            st.button(
                f"{number}　{SUBJECTS[key].name.in_language(tell)}",
                type="secondary" if key == opened else "tertiary",
                on_click=_open,
                args=(key,),
                key=f"open-{key}",
            )
    if opened is not None:
        _moves(opened, keys.index(opened), len(keys))
    names = {key: subject.name.in_language(tell) for key, subject in SUBJECTS.items()}
    with st.popover(say(tell, "Choose slides"), key="choose_slides", on_change="rerun") as box:
        if box.open:
            choices.multiselect(say(tell, "Slides, in their order"), "slides", names)
    return keys


def shown() -> str | None:
    """The key of the slide that is open."""
    chosen = view.current().choices
    keys, (wanted,) = chosen["slides"], chosen["slide"]
    return wanted if wanted in keys else next(iter(keys), None)


def _open(key: str) -> None:
    view.current().choices["slide"] = (key,)


def preview() -> None:
    """The open slide as it will be, with what the speaker says."""
    tell, asked, key = view.language(), view.question(), shown()
    if key is None:
        st.info(say(tell, "No slide is chosen."))
        return
    keys = view.current().choices["slides"]
    found = _preview(
        view.stamp(), asked.selection, asked.language, keys, key, view.compared(), asked
    )
    _slide(found.briefing, found.slide, found.figures)
    if found.slide.notes:
        notes = "\n".join(found.slide.notes)
        show.folded(say(tell, "Speaker notes"), partial(st.text, notes))


def _slide(of: Briefing, slide: Slide, figures: Sequence[go.Figure]) -> None:
    is_cover = slide.key == "cover"
    with st.container(
        border=True,
        key=f"slide-{slide.key}",
        vertical_alignment="center" if is_cover else "distribute",
    ):
        if is_cover:
            _cover(slide)
            return
        with st.container():
            st.subheader(show.as_text(slide.title), anchor=False)
            if slide.facts:
                _facts(slide.facts)
            _says(slide.says)
        if slide.panels:
            _panels(slide.panels)
        if figures or slide.tables:
            _figures(slide, figures)
        with st.container():
            if slide.below:
                st.markdown(f"**{show.as_text(slide.below)}**", text_alignment="right")
            st.caption(show.as_text(" · ".join(filter(None, (of.source, slide.source)))))


def _cover(slide: Slide) -> None:
    st.header(show.as_text(slide.title), anchor=False, text_alignment="center")
    for line in slide.says:
        st.markdown(show.as_text(line), text_alignment="center")


def _says(sentences: Sequence[str]) -> None:
    mark = "- " if len(sentences) > 1 else ""
    if sentences:
        st.markdown("\n".join(f"{mark}{show.as_text(sentence)}" for sentence in sentences))


def _facts(facts: Sequence[Fact]) -> None:
    for column, fact in zip(st.columns(len(facts)), facts, strict=True):
        with column, st.container(gap=None):
            st.metric(fact.label, fact.value)
            st.caption(show.as_text(fact.note))


def _panels(panels: Sequence[Panel]) -> None:
    for column, panel in zip(st.columns(len(panels)), panels, strict=True):
        with column, st.container(border=True, height="stretch"):
            title, count = show.as_text(panel.title), show.as_text(panel.count)
            st.markdown(f"**{title}**  \n{count}", text_alignment="center")
            st.markdown("\n".join(f"- {show.as_text(line)}" for line in panel.lines))


def _figures(slide: Slide, figures: Sequence[go.Figure]) -> None:
    columns = iter(st.columns(len(figures) + len(slide.tables)))
    for number, (chart, sent) in enumerate(zip(slide.charts, figures, strict=True)):
        with next(columns):
            st.markdown(f"**{show.as_text(chart.title)}**")
            key = f"chart-{slide.key}-{number}"
            st.plotly_chart(sent, config=show.CHART_CONFIG, key=key, alt=chart.alt)
    for table in slide.tables:
        with next(columns):
            if figures or len(slide.tables) > 1:  # else the slide's title says what it is of
                st.markdown(f"**{show.as_text(table.title)}**")
            _table(table)


def _table(table: Table) -> None:
    """Its words are text: st.table would read Markdown in them."""
    written = [
        [number_text(cell) if isinstance(cell, int) else show.as_text(cell) for cell in row]
        for row in table.rows
    ]
    titles = [show.as_text(title) for title in table.columns]
    st.table(pd.DataFrame(written, columns=titles), border="horizontal", hide_index=True)


def _moves(key: str, number: int, count: int) -> None:
    tell = view.language()
    buttons = (
        ("earlier", say(tell, "Up"), ":material/arrow_upward:", -1, number == 0),
        ("later", say(tell, "Down"), ":material/arrow_downward:", 1, number == count - 1),
    )
    with st.container(horizontal=True, gap="small", key="moves"):
        for name, label, icon, by, is_off in buttons:
            st.button(
                label,
                icon=icon,
                type="tertiary",
                disabled=is_off,
                on_click=_move,
                args=(key, by),
                key=f"{name}-{key}",
            )
        st.button(
            say(tell, "Leave out"),
            icon=":material/close:",
            type="tertiary",
            on_click=_leave_out,
            args=(key,),
            key=f"without-{key}",
        )


def _move(key: str, by: int) -> None:
    keys = list(view.current().choices["slides"])
    place = keys.index(key)
    keys.insert(place + by, keys.pop(place))
    view.current().choices["slides"] = tuple(keys)


def _leave_out(key: str) -> None:
    chosen = view.current().choices
    chosen["slides"] = tuple(each for each in chosen["slides"] if each != key)
