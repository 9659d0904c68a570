"""The five numbers at the top of the dashboard: what they are called and where they come from."""

from dataclasses import dataclass

import pandas as pd

from adoption.language import Text

DAYS_AHEAD = 45


@dataclass(frozen=True)
class HeadlineNumber:
    """The sum of `column` over the rows of the metric `key`, which do not overlap."""

    label: Text
    key: str
    column: str

    def of(self, rows: pd.DataFrame) -> int:
        """The number, from the metric's rows (asked for DAYS_AHEAD where it looks ahead)."""
        return int(rows[self.column].sum())


HEADLINE_NUMBERS = (
    HeadlineNumber(Text("已導入單位", "Units integrated"), "integration_totals", "units"),
    HeadlineNumber(Text("已導入系統", "Systems integrated"), "integration_totals", "systems"),
    HeadlineNumber(Text("有效憑證（張）", "Valid certificates"), "valid_totals", "valid"),
    HeadlineNumber(Text("憑證持有者（家）", "Holders"), "valid_totals", "holders"),
    HeadlineNumber(
        Text(f"{DAYS_AHEAD}天內到期尚未換發（張）", f"Expiring in {DAYS_AHEAD} days, to renew"),
        "expiring_totals",
        "to_renew",
    ),
)
