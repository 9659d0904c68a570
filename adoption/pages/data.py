"""What is in the store, how did it get there, and how do I add to it?"""

from adoption.language import Text, say
from adoption.pages import history, show, view
from adoption.pages.loading.steps import panel

show.heading(
    Text("資料", "Data"),
    Text(
        "載入檔案、更正退回的列、查看載入紀錄。",
        "Load files, correct rejected rows, see what was loaded.",
    ),
)
history.age()
panel()
history.waiting()
history.loads()
show.folded(say(view.language(), "Control totals"), history.totals)
