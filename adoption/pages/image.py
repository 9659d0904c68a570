"""The button that saves a chart as a picture, made in the visitor's own browser."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from adoption.charts.chart import Chart
from adoption.language import Language, say

_HERE = Path(__file__).parent
_NAME = "chart_image"


@st.cache_resource(show_spinner=False)
def _component() -> ComponentRenderer:
    return st.components.v2.component(
        _NAME,
        css=(_HERE / "image.css").read_text("utf-8"),
        js=(_HERE / "image.js").read_text("utf-8"),
    )


def buttons(language: Language, drawn: Chart, place: str, file: str) -> None:
    """PNG and SVG of the figure in the container keyed `place`, with title and sentence in it."""
    _component()(
        data={
            "place": f"st-key-{place}",
            "file": file,
            "title": drawn.title,
            "says": drawn.says,
            "label": say(language, "Image"),
            "failed": say(language, "The image could not be made."),
        },
        key=f"image-{place}",
    )
