"""What do we tell others?"""

import streamlit as st

from adoption.language import Text
from adoption.pages import briefing_files, show, slides

show.heading(
    Text("簡報", "Briefing"),
    Text("選投影片、預覽、下載；數字與畫面相同。", "Choose slides, look at them, download them."),
)
if not show.is_empty():
    downloads = st.container()
    left, right = st.columns([1, 4])
    with left:
        chosen = slides.choose()
    with right:
        slides.preview()
    briefing_files.offer(chosen, downloads)
