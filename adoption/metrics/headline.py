"""The numbers at the top of the dashboard: each can have a target."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from adoption.language import Text
from adoption.metrics.columns import CERTIFICATE_FILTERS, SYSTEM_FILTERS

DAYS_AHEAD = 45


@dataclass(frozen=True)
class HeadlineNumber:
    """The sum of `column` over the rows of the metric `key`, which do not overlap."""

    label: Text
    key: str
    column: str
    counted_in: str = ""  # what follows so many of it in Chinese
    higher_is: Literal["better", "worse"] = "better"
    is_main: bool = False  # the number that the key alone stands for
    is_share: bool = False
    also_called: str = ""  # the key of another metric, of which it is the sum

    @property
    def name(self) -> Text:
        """The label without what it is counted in."""
        return Text(*(label.split("（")[0] for label in self.label))

    @property
    def filters(self) -> tuple[str, ...]:
        """The fields of a selection that narrow it."""
        return SYSTEM_FILTERS if self.key == "integration_totals" else CERTIFICATE_FILTERS

    def of(self, rows: pd.DataFrame) -> float:
        """The number, from the metric's rows (asked for DAYS_AHEAD where it looks ahead); of a
        share NaN where there is none."""
        return float(rows[self.column].sum(min_count=int(self.is_share)))

    @property
    def names(self) -> frozenset[str]:
        """How a target may call it: key.column, the column, the key, or as it reads on screen."""
        called = {f"{self.key}.{self.column}", self.column, *self.label, *self.name}
        called |= {self.also_called} if self.also_called else set()
        return frozenset(called | {self.key} if self.is_main else called)


ADOPTION_RATE = HeadlineNumber(
    Text("採用率", "Adoption rate"),
    "adoption_rate_totals",
    "rate",
    is_main=True,
    is_share=True,
    also_called="adoption_rate",
)
# The counts; those that a load is looked at for, too.
HEADLINE_NUMBERS = (
    HeadlineNumber(Text("已導入單位", "Units integrated"), "integration_totals", "units", "個"),
    HeadlineNumber(
        Text("已導入系統", "Systems integrated"),
        "integration_totals",
        "systems",
        "個",
        is_main=True,
    ),
    HeadlineNumber(
        Text("有效憑證（張）", "Valid certificates"),
        "valid_totals",
        "valid",
        "張",
        is_main=True,
    ),
    HeadlineNumber(Text("憑證持有者（家）", "Holders"), "valid_totals", "holders", "家"),
    HeadlineNumber(
        Text(f"{DAYS_AHEAD}天內待換發（張）", f"To renew in {DAYS_AHEAD} days"),
        "expiring_totals",
        "to_renew",
        "張",
        higher_is="worse",
        is_main=True,
    ),
)
# What a target can be set for.
TARGET_NUMBERS = (ADOPTION_RATE, *HEADLINE_NUMBERS)
