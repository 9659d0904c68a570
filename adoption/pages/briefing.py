"""What do we tell others?"""

from adoption.language import Text
from adoption.pages import briefing_files, show, slides

show.heading(
    Text("簡報", "Briefing"),
    Text(
        "選投影片、看預覽，下載簡報、活頁簿與講義；數字與畫面相同。",
        "Choose slides, look at them, take the deck, the workbook and the handout along: the "
        "numbers are those on screen.",
    ),
)
if not show.is_empty():
    chosen = slides.choose()
    briefing_files.downloads(chosen)
    slides.preview(chosen)
