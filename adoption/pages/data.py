"""What is in the store, how did it get there, and how do I add to it?"""

from adoption.language import Text
from adoption.pages import history, show
from adoption.pages.loading.steps import panel

show.heading(
    Text("資料", "Data"),
    Text(
        "載入檔案、查看退回的列、核對控制總數；每一列的去向都有交代。",
        "Load files, see what was rejected and why, check the control totals.",
    ),
)
history.age()
panel()
history.loads()
history.totals()
