"""How far has adoption come?"""

from adoption.charts import issuance
from adoption.language import Text
from adoption.pages import show

show.heading(
    Text("核發", "Issuance"),
    Text("憑證核發了多少、多少仍有效、由多少家持有。", "What is issued, valid and held."),
)
if not show.is_empty():
    show.chart(issuance.adoption_curve)
    show.chart(issuance.issued_by_month)
    show.chart(issuance.by_county)
