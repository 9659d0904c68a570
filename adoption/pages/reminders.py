"""Does reminding work?"""

from functools import partial

from adoption.charts import mails, outcomes, reminders
from adoption.language import Text, say
from adoption.pages import show, stage_table, view

show.heading(
    Text("提醒", "Reminders"),
    Text(
        "到期前 45、30、15、1 天的四次提醒有沒有用。",
        "Whether the four mails, 45, 30, 15 and 1 days before expiry, work.",
    ),
)
if not show.is_empty():
    tell = view.language()
    show.at_once(outcomes.survival, mails.delivery, mails.workload)
    show.chart(outcomes.survival)
    stage_table.table()
    show.chart(mails.workload)
    show.folded(say(tell, "What came of each stage"), partial(show.chart, reminders.funnel))
    show.folded(say(tell, "Outcomes"), partial(show.chart, outcomes.outcomes))
    show.folded(say(tell, "Outcomes by expiry month"), partial(show.chart, outcomes.by_month))
    show.folded(say(tell, "Stages by expiry month"), partial(show.chart, reminders.by_month))
    show.folded(say(tell, "Delivery of mails"), partial(show.chart, mails.delivery))
