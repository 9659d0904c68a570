"""How far has adoption come?"""

from functools import partial

from adoption.charts import adoption_rate, issuance
from adoption.language import Text, say
from adoption.pages import show, view

show.heading(
    Text("核發", "Issuance"),
    Text(
        "工商憑證推廣到什麼程度，接下來往哪裡推。",
        "How far adoption has come, and where to go next.",
    ),
)
if not show.is_empty():
    tell = view.language()
    show.at_once(
        adoption_rate.over_time,
        adoption_rate.by_county,
        adoption_rate.by_type,
        adoption_rate.not_reached,
    )
    show.chart(adoption_rate.over_time)
    show.side_by_side([adoption_rate.by_county], [adoption_rate.not_reached, adoption_rate.by_type])
    show.folded(
        say(tell, "Valid certificates and holders"), partial(show.chart, issuance.adoption_curve)
    )
    show.folded(say(tell, "Map"), partial(show.chart, adoption_rate.by_county_map))
    by_month, by_type = [issuance.issued_by_month], [issuance.issued_by_type]
    show.folded(
        say(tell, "Issued by month and type"), partial(show.side_by_side, by_month, by_type)
    )
    show.folded(say(tell, "Cards per holder"), partial(show.chart, issuance.cards_per_holder))
