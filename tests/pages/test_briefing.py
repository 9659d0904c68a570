"""The 簡報 page: what is chosen, what it shows, and the files that it gives."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from pptx import Presentation
from streamlit.testing.v1 import AppTest

from adoption.briefing.content import Briefing
from adoption.briefing.files import KINDS
from adoption.language import Language
from adoption.pages.tables import as_text
from adoption.store import Store
from tests.pages.test_pages import figures, opened, texts, unfold
from tests.reference import System, Unit
from tests.stores import store_of
from tests.test_publication import READ, ordered

PAGE = "briefing"


def made(store: Store, language: Language = "zh", **wanted: Any) -> Briefing:
    return ordered(store, language, **wanted).chosen


def names(app: AppTest) -> list[str]:
    """The slides that can be opened, in their order."""
    return [key for each in app.button if (key := each.key or "").startswith("open-")]


def titles(app: AppTest) -> list[str]:
    """Of the slide that is open; the cover's is a header."""
    return [str(part.value) for part in (*app.header, *app.subheader)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_slide_is_shown_as_it_will_be(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store, language: Language
) -> None:
    app = opened(monkeypatch, sample_store, PAGE, lang=language)
    for slide in made(sample_store, language).slides:
        app.button(key=f"open-{slide.key}").click().run()
        unfold(app)
        said = texts(app)
        assert titles(app) == [as_text(slide.title)]
        panels = [text for each in slide.panels for text in (each.title, each.count, *each.lines)]
        for text in (*slide.says, *panels, slide.below, slide.source):
            assert as_text(text) in said
        assert "\n".join(slide.notes) in said
        facts = [(fact.label, fact.value) for fact in slide.facts]
        assert [(metric.label, metric.value) for metric in app.metric] == facts
        cells = [cell for each in slide.tables for cell in each.rows[0]]
        shown = [cell for table in app.table for cell in table.value.iloc[0]]
        assert shown == [f"{each:,}" if isinstance(each, int) else as_text(each) for each in cells]


def test_the_charts_hold_the_numbers_of_the_briefing(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app, seen = opened(monkeypatch, sample_store, PAGE), 0
    for slide in made(sample_store).slides:
        app.button(key=f"open-{slide.key}").click().run()
        assert titles(app) == [as_text(slide.title)]
        drawn = figures(app)
        assert len(drawn) == len(slide.charts)
        seen += len(drawn)
        for figure, spec in zip(drawn, slide.charts, strict=True):
            values = "x" if spec.lies else "y"
            for trace, series in zip(figure["data"], spec.series, strict=True):
                assert [*trace[values]] == [value for value in series.values if value is not None]
        alts = [chart.proto.alt for chart in app.get("plotly_chart")]
        assert alts == [spec.alt for spec in slide.charts]
    assert seen > 4


def test_the_address_says_which_slides_and_in_what_order(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    said = ["rollout", "nonsense", "standing", "rollout"]
    app = opened(monkeypatch, sample_store, PAGE, slides=said)  # type: ignore[arg-type]
    assert names(app) == ["open-rollout", "open-standing"]
    assert app.query_params["slides"] == ["rollout", "standing"]
    app.session_state["choose_slides"] = True
    app.run().multiselect(key="slides").select("cover").run()
    assert app.query_params["slides"] == ["rollout", "standing", "cover"]
    assert names(app)[-1] == "open-cover"


def test_a_slide_is_moved_and_left_out(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, PAGE, slides=["cover", "standing", "sources"])
    app.button(key="open-sources").click().run()
    assert app.button(key="later-sources").disabled
    app.button(key="open-cover").click().run()
    assert app.button(key="earlier-cover").disabled
    app.button(key="open-standing").click().run()
    app.button(key="earlier-standing").click().run()
    assert app.query_params["slides"] == ["standing", "cover", "sources"]
    app.button(key="later-standing").click().run()
    app.button(key="open-cover").click().run()
    app.button(key="without-cover").click().run()
    assert app.query_params["slides"] == ["standing", "sources"]
    assert names(app) == ["open-standing", "open-sources"]


def test_as_by_default_the_address_says_nothing(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, PAGE)
    assert dict(app.query_params) == {}
    app.session_state["choose_slides"] = True
    app.run().multiselect(key="slides").set_value([]).run()
    assert [info.value for info in app.info] == ["尚未選擇投影片。"]
    assert [button.disabled for button in app.get("download_button")] == [True, *[False] * 3]


def test_the_other_day_is_the_one_compared_with(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    day = date(2012, 9, 24)
    app = opened(monkeypatch, sample_store, PAGE, compare=day.isoformat(), slides="changes")
    (slide,) = made(sample_store, slides=["changes"], compared=day).slides
    assert titles(app) == [as_text(slide.title)]
    assert all(as_text(sentence) in texts(app) for sentence in slide.says)


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """What each download button of the page gives when it is pressed."""
    found: dict[str, Callable[[], bytes]] = {}
    button = st.download_button

    def noted(label: str, data: Callable[[], bytes], **settings: Any) -> bool:
        found[settings["key"].removeprefix("download-")] = data
        return button(label, data, **settings)

    monkeypatch.setattr(st, "download_button", noted)
    return found


def test_the_downloads_hold_what_the_command_writes(
    monkeypatch: pytest.MonkeyPatch,
    sample_store: Store,
    offered: dict[str, Callable[[], bytes]],
) -> None:
    day, keys = date(2012, 9, 24), ("standing", "changes")
    opened(monkeypatch, sample_store, PAGE, compare=day.isoformat(), slides=list(keys))
    assert tuple(offered) == tuple(KINDS)
    order = ordered(sample_store, slides=keys, compared=day)
    for kind in ("pptx", "pdf"):  # the others take longer, and have nothing to choose
        assert READ[kind](offered[kind]()) == READ[kind](KINDS[kind].written(order))


def test_a_template_of_one_s_own(
    monkeypatch: pytest.MonkeyPatch,
    sample_store: Store,
    offered: dict[str, Callable[[], bytes]],
) -> None:
    app = opened(monkeypatch, sample_store, PAGE, slides="standing")
    template, file = Presentation(), io.BytesIO()
    template.slide_width = template.slide_width * 3 // 2
    template.save(file)
    app.file_uploader[0].set_value(("機關範本.pptx", file.getvalue(), "application/zip")).run()
    assert [message.value for message in app.success] == ["簡報將以此範本製作。"]
    deck = Presentation(io.BytesIO(offered["pptx"]()))
    assert deck.slide_width == template.slide_width


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "範本不是 .pptx 檔"),
        (b"PK\x03\x04 no zip", "範本不是 .pptx 檔"),
        (b"%PDF-1.7", "範本不是 .pptx 檔"),
        (b"x" * 20_000_001, "範本超過 20 MB"),
    ],
)
def test_a_template_of_no_use_is_refused_and_ours_is_taken(
    monkeypatch: pytest.MonkeyPatch,
    sample_store: Store,
    offered: dict[str, Callable[[], bytes]],
    content: bytes,
    says: str,
) -> None:
    app = opened(monkeypatch, sample_store, PAGE, slides="cover")
    app.file_uploader[0].set_value(("範本.pptx", content, "application/zip")).run()
    (error,) = app.error
    assert error.value.startswith(says)
    on_ours = KINDS["pptx"].written(ordered(sample_store, slides=["cover"]))
    assert READ["pptx"](offered["pptx"]()) == READ["pptx"](on_ours)


def test_hostile_names_are_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    name = "<script>alert(1)</script> ![x](http://y) $x$ :red[z]"
    store = store_of(
        tmp_path,
        [Unit("U1", name, "ministry", "government")],
        [System("S1", "U1", name, "線上申辦", integrated_on=date(2013, 9, 10))],
    )
    app = opened(monkeypatch, store, PAGE)
    read = "\n".join(str(part.value) for part in app.markdown if "script" in str(part.value))
    app.button(key="open-rollout").click().run()
    assert "\\<script\\>alert(1)" in read
    assert "<script>" not in read.replace("\\<script\\>", "")
    assert "&lt;script>" in str(figures(app))
    store.close()


def test_units_alone_make_no_briefing(monkeypatch: pytest.MonkeyPatch, empty_store: Store) -> None:
    app = opened(monkeypatch, empty_store, PAGE)
    assert not app.get("download_button")
    assert not app.multiselect
