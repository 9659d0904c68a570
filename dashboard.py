"""The router: page configuration, navigation, what frames every page. Nothing else."""

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from adoption.language import Text
from adoption.pages import standing, view, warming

PAGES = (
    ("overview", Text("總覽", "Overview"), ":material/dashboard:"),
    ("rollout", Text("導入", "Rollout"), ":material/apartment:"),
    ("issuance", Text("核發", "Issuance"), ":material/credit_card:"),
    ("expiries", Text("到期", "Expiries"), ":material/event_busy:"),
    ("reminders", Text("提醒", "Reminders"), ":material/mail:"),
    ("data", Text("資料", "Data"), ":material/database:"),
    ("definitions", Text("說明", "Definitions"), ":material/menu_book:"),
)

# A file of our own: Streamlit would fetch a named icon from the internet.
ICON = Path(__file__).parent / "adoption" / "pages" / "icon.png"

st.set_page_config(page_title="工商憑證導入統計", page_icon=str(ICON), layout="wide")


def pages() -> list[st.Page]:
    return [
        st.Page(
            f"adoption/pages/{name}.py",
            title=title.in_language(view.language()),
            icon=icon,
            default=name == "overview",
        )
        for name, title, icon in PAGES
    ]


# The one clock of the dashboard: it says how old the data is and when something was loaded.
view.set_clock(datetime.now(UTC))
warming.start()
# Navigation first says where we are; then, the address read, it is drawn in the right language.
view.restore(st.navigation(pages(), position="hidden").url_path)
page = st.navigation(pages(), position="top")
view.bar()
if page.url_path:  # the overview has more of it
    standing.compared_line()
page.run()
view.foot()
