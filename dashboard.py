"""The router: page configuration, navigation, what frames every page. Nothing else."""

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from adoption.language import Language, Text
from adoption.pages.server import middleware

PAGES = (
    ("overview", Text("總覽", "Overview"), ":material/dashboard:"),
    ("rollout", Text("導入", "Rollout"), ":material/apartment:"),
    ("issuance", Text("核發", "Issuance"), ":material/credit_card:"),
    ("expiries", Text("到期", "Expiries"), ":material/event_busy:"),
    ("reminders", Text("提醒", "Reminders"), ":material/mail:"),
    ("briefing", Text("簡報", "Briefing"), ":material/slideshow:"),
    ("data", Text("資料", "Data"), ":material/database:"),
    ("definitions", Text("說明", "Definitions"), ":material/menu_book:"),
)

# A file of our own: Streamlit would fetch a named icon from the internet.
ICON = Path(__file__).parent / "adoption" / "pages" / "icon.png"


def pages(language: Language) -> list[st.Page]:
    return [
        st.Page(
            f"adoption/pages/{name}.py",
            title=title.in_language(language),
            icon=icon,
            default=name == "overview",
        )
        for name, title, icon in PAGES
    ]


def show() -> None:
    # Not above: the server imports this file before there is anything to keep answers in.
    from adoption.pages import address, bar, standing, view
    from adoption.pages.loading import cleaning

    st.set_page_config(page_title="工商憑證導入統計", page_icon=str(ICON), layout="wide")
    # Navigation first says where we are; then, the address read, it is drawn in the right language.
    offered = pages(language := view.language())
    path = st.navigation(offered, position="hidden").url_path
    with view.telling():
        cleaning.start()
        # The one clock of the dashboard: it says how old the data is and when a load was made.
        view.pin(path, datetime.now(UTC))
        address.restore()
        if view.language() != language:
            offered = pages(view.language())
        page = st.navigation(offered, position="top")
        bar.bar()
        if page.url_path:  # the overview has more of it
            standing.compared_line()
        page.run()
        bar.foot()


if __name__ == "__main__":
    show()
else:
    # What `streamlit run dashboard.py` looks for, and then runs this very file for each visitor.
    app = st.App(__file__, middleware=middleware(name for name, _, _ in PAGES))
