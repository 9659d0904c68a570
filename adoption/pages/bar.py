"""The row above every page: as-of day, comparison, filters, language; and the line below it."""

from datetime import date

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from adoption.formats import day_text, short_day_text
from adoption.language import Language, say
from adoption.metrics import Selection
from adoption.pages import address, browser, choices, view
from adoption.pages.asked import FIRST_DAY, day_of
from adoption.pages.tables import as_text

# So much of what the address asks for in vain is told.
_MOST_TOLD = 200


def bar() -> None:
    tell, last = view.language(), view.data_day()
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="view_bar"):
        sample = f" :orange-badge[{say(tell, 'Sample data')}]" if view.is_sample() else ""
        st.markdown(f"**{say(tell, 'MOEACA adoption')}**{sample}", width="content")
        st.space("stretch")
        if last is not None:
            _as_of(tell)
            _comparison(tell)
            _filters(tell)
        _copy_link()
        _language(tell)
    if last is not None:
        _chips(tell)
    address.record()
    _not_understood(tell)


def _language(tell: Language) -> None:
    st.session_state["lang"] = tell
    st.segmented_control(
        say(tell, "Language"),
        ["zh", "en"],
        format_func=lambda code: {"zh": "中文", "en": "English"}[code],
        key="lang",
        on_change=_take_language,
        required=True,
        label_visibility="collapsed",
    )


def _take_language() -> None:
    view.current().language = "en" if st.session_state["lang"] == "en" else "zh"


def _as_of(tell: Language) -> None:
    st.markdown(say(tell, "As of"), width="content")
    _day_input(say(tell, "As of"), "as_of", is_labelled=False)
    days = _ends_before(view.question().selection)
    names = {
        "data": say(tell, "Data's last day"),
        "month": say(tell, "Last month end"),
        "quarter": say(tell, "Last quarter end"),
        "year": say(tell, "Last year end"),
    }
    st.menu_button(
        say(tell, "Days"),
        list(days),
        format_func=lambda each: f"{names[each]} {short_day_text(days[each], tell)}",
        icon=":material/calendar_month:",
        key="as_of_day",
        on_click=_take_day,
    )


def _ends_before(shown: Selection) -> dict[str, date]:
    """Days that briefings are of."""
    months = {"month": 1, "quarter": 3, "year": 12}
    ends = {name: max(shown.end_before(count), FIRST_DAY) for name, count in months.items()}
    return {"data": view.data_day() or shown.as_of, **ends}


def _take_day() -> None:
    seen = view.current()
    seen.misread.pop("as_of", None)
    seen.as_of = _ends_before(view.question().selection)[st.session_state["as_of_day"]]


def _day_input(label: str, key: str, *, is_labelled: bool = True) -> None:
    """A day as people write it: 102/6/30, 1020630, 2013-06-30; taken with Enter."""
    seen = view.current()
    day: date | None = getattr(seen, key)
    st.session_state[key] = seen.misread.get(
        key, short_day_text(day, seen.language) if day is not None else ""
    )
    st.text_input(
        label,
        key=key,
        on_change=_read_day,
        args=(key,),
        width=110,
        placeholder=say(seen.language, "year/month/day"),
        label_visibility="visible" if is_labelled else "collapsed",
    )


def _read_day(key: str) -> None:
    seen, text = view.current(), str(st.session_state[key]).strip()
    assert seen.data_day is not None
    day = day_of([text], seen.data_day) if text else None
    seen.misread.pop(key, None)
    if day is not None or (key == "compare" and not text):
        setattr(seen, key, day)
    elif text:
        seen.misread[key] = text


def _comparison(tell: Language) -> None:
    with st.popover(
        say(tell, "Compare"), icon=":material/compare_arrows:", key="comparison", on_change="rerun"
    ) as box:
        if not box.open:
            return
        _day_input(say(tell, "The other day"), "compare")
        now = view.question().selection
        with st.container(horizontal=True):
            for text, months in (
                (say(tell, "A month before"), 1),
                (say(tell, "A year before"), 12),
            ):
                day = max(now.months_before(months).as_of, FIRST_DAY)
                st.button(text, on_click=_compare_with, args=(day,), key=f"compare_{months}")


def _compare_with(day: date | None) -> None:
    view.current().compare = day


def _filters(tell: Language) -> None:
    with st.popover(
        say(tell, "Filters"), icon=":material/filter_list:", key="filters", on_change="rerun"
    ) as box:
        if not box.open:
            return
        titles = choices.filter_titles(tell)
        for key, names in choices.offered().items():
            choices.multiselect(titles[key], key, names)
        st.caption(
            say(tell, "Side and unit narrow the systems; county and type narrow the certificates.")
        )


def _chips(tell: Language) -> None:
    """What narrows the page, each to be taken away again."""
    chosen, other = choices.set_filters(), view.compared()
    if not chosen and other is None:
        return
    with st.container(horizontal=True, key="chips"):
        if other is not None:
            words = say(tell, "Compared with {day}", day=short_day_text(other, tell))
            _chip(words, "compare")
        for key, code, name in chosen:
            _chip(name, key, code)


def _chip(words: str, key: str, code: str = "") -> None:
    st.button(
        as_text(words),
        icon=":material/close:",
        help=say(view.language(), "Remove"),
        key=f"chip-{key}-{code}",
        on_click=_remove,
        args=(key, code),
    )


def _remove(key: str, code: str) -> None:
    seen = view.current()
    if key == "compare":
        seen.compare = None
    else:
        seen.filters[key] = tuple(each for each in seen.filters[key] if each != code)


@st.fragment
def _copy_link() -> None:
    tell = view.language()
    label = say(tell, "Copy link")
    if st.button(label, icon=":material/link:", type="tertiary", key="copy_link"):
        browser.copy(address.link())


def _not_understood(tell: Language) -> None:
    """What was asked for, in the address or by typing, and is not shown."""
    seen = view.current()
    if seen.left_out:
        st.warning(say(tell, "Not shown, though the address asks for it:"))
        st.text(say(tell, ", ").join(seen.left_out)[:_MOST_TOLD])
    for text in seen.misread.values():
        st.warning(
            say(
                tell,
                "“{text}” is no day up to {last}. Write it as 102/6/30, 1020630 or 2013-06-30.",
                text=as_text(text[:_MOST_TOLD]),
                last=short_day_text(seen.data_day, tell),
            )
        )


def foot() -> None:
    """The line below every page: which data this is."""
    tell, last = view.language(), view.data_day()
    with st.container(key="foot"):
        said = say(tell, "no records")
        if last is not None:
            day, version = day_text(last, tell), view.stamp()[1]
            said = say(tell, "Data up to {day} · version {version}", day=day, version=version)
        st.caption(said)
        _page_language()(data="en" if tell == "en" else "zh-Hant-TW", key="page_language")


@st.cache_resource(show_spinner=False)
def _page_language() -> ComponentRenderer:
    """Tells the browser, and so a screen reader, which language the page is in now."""
    return st.components.v2.component(
        "page_language",
        js="export default ({ data }) => { document.documentElement.lang = data }",
    )
