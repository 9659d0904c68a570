"""The files of a briefing to download, and the template that its deck is made on."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from adoption.briefing.files import KINDS, Order
from adoption.language import Text, say
from adoption.pages import slides, standing, view
from adoption.pages.loading.choosing import UPLOADER_STYLE
from adoption.store import Snapshot

MOST_BYTES = 20_000_000  # of a template
ICONS = {
    "pptx": ":material/slideshow:",
    "xlsx": ":material/table:",
    "ods": ":material/table:",
    "pdf": ":material/picture_as_pdf:",
}
NAMES = {
    "pptx": Text("下載簡報（PPTX）", "Download the deck (PPTX)"),
    "xlsx": Text("下載活頁簿（XLSX）", "Download the workbook (XLSX)"),
    "ods": Text("下載活頁簿（ODS）", "Download the workbook (ODS)"),
    "pdf": Text("下載講義（PDF）", "Download the handout (PDF)"),
}


def offer(keys: tuple[str, ...], place: DeltaGenerator) -> None:
    """In `place` a button a kind of file, each made when asked for; here a template for decks."""
    asked, compared = view.question(), view.compared()
    tell = asked.language
    with st.expander(say(tell, "Your own template"), key="own_template"):
        template = _template()
    order = Order(
        asked,
        Snapshot(view.store(), view.stamp()[1]),
        slides.records(*view.stamp()),
        standing.known_targets(*view.stamp()),
        keys,
        compared,
        template,
    )
    with place, st.container(horizontal=True, key="downloads"):
        for kind, made in KINDS.items():
            st.download_button(
                NAMES[kind].in_language(tell),
                partial(made.written, order),
                file_name=f"moeaca_briefing_{asked.selection.as_of:%Y%m%d}.{kind}",
                mime=made.mime,
                icon=ICONS[kind],
                on_click="ignore",
                disabled=kind == "pptx" and not keys,
                key=f"download-{kind}",
            )


def _template() -> bytes | None:
    """What was uploaded, if a deck can be made on it; says so when not."""
    tell = view.language()
    st.html(
        UPLOADER_STYLE % (say(tell, "or drop it here, up to 20 MB"), say(tell, "Choose a file"))
    )
    uploaded = st.file_uploader(
        say(
            tell,
            "A .pptx presentation: the deck is made on its layouts, its own slides are left out.",
        ),
        max_upload_size=20,
        key="template",
    )
    if uploaded is None:
        return None
    # Not above: the page is drawn before somebody has a template.
    from adoption.briefing.deck import TemplateError
    from adoption.briefing.deck.template import layouts_of, opened

    content = uploaded.getvalue()
    try:
        if len(content) > MOST_BYTES:
            raise TemplateError(
                "the template has more than 20 MB; use a smaller one",
                "範本超過 20 MB，請改用較小的檔案",
            )
        layouts_of(opened(content))
    except TemplateError as error:
        st.error(Text(error.zh, str(error)).in_language(tell), icon=":material/error:")
        return None
    st.success(say(tell, "The deck is made on this template."), icon=":material/check:")
    return content
