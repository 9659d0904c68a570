"""Who has integrated, who is behind?"""

from functools import partial

from adoption.charts import integration, stages, waves
from adoption.language import Text, say
from adoption.pages import show, units, view

show.heading(
    Text("導入", "Rollout"),
    Text("哪些單位與系統已導入工商憑證，哪些落後。", "Who has integrated, and who is behind."),
)
if not show.is_empty():
    tell = view.language()
    units.search()
    if units.only_unit():
        units.page_part()
    else:
        show.side_by_side([stages.overdue], [waves.plan, integration.by_side])
        units.league()
        show.folded(say(tell, "Over the years"), partial(show.chart, integration.curve))
        show.folded(say(tell, "Stages by unit"), partial(show.chart, integration.by_unit))
        show.folded(say(tell, "Stages by side"), partial(show.chart, stages.by_stage))
        show.folded(say(tell, "How long systems wait"), partial(show.chart, stages.waiting))
