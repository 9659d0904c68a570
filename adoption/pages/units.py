"""Finding a unit, the table of all that leads to each, and the page part of one.

A unit's own address is the page with the unit as its only filter: /rollout?unit=M01.
"""

from functools import partial

import pandas as pd
import streamlit as st

from adoption.charts import integration, stages
from adoption.charts.chart import readable
from adoption.metrics import METRICS
from adoption.metrics.integration.catalogue import names_in
from adoption.pages import show, view
from adoption.search import find

PAGE = "adoption/pages/rollout.py"
MOST_FOUND = 8
MOST_SYSTEMS = 3


def _address(unit_code: str | None) -> dict[str, list[str]]:
    """This view, of that unit alone or of all; a unit has only one side, so that filter goes."""
    params = {key: st.query_params.get_all(key) for key in st.query_params}
    kept = {key: values for key, values in params.items() if key not in ("unit", "side")}
    return kept | ({"unit": [unit_code]} if unit_code else {})


def search() -> None:
    """A field for a name or a code, and under it the way to the units that it finds."""
    asked = view.question()
    words = st.text_input(
        asked.say("Find a unit or system"),
        placeholder=asked.say("Part of a name or code"),
        icon=":material/search:",
        key="find_unit",
        width=480,
    )
    known = view.facts().names
    found = find(known, words)
    units, systems_by_code = (names_in(asked.language, known, what) for what in ("unit", "system"))
    if words.strip() and not found:
        st.text(asked.say("No unit or system is called so."))
    for unit in found[:MOST_FOUND]:
        systems = asked.say(", ").join(systems_by_code[c] for c in unit.systems[:MOST_SYSTEMS])
        more = len(unit.systems) - MOST_SYSTEMS
        st.page_link(
            PAGE,
            label=show.as_text(
                " · ".join(
                    filter(
                        None,
                        (
                            f"{units[unit.unit_code]} {unit.unit_code}",
                            systems,
                            asked.say("{count} more", count=str(more)) if more > 0 else "",
                        ),
                    )
                )
            ),
            icon=":material/apartment:",
            query_params=_address(unit.unit_code),
        )
    if len(found) > MOST_FOUND:
        st.text(
            asked.say(
                "{count} more units: type more of the name.", count=str(len(found) - MOST_FOUND)
            )
        )


def league() -> None:
    """Units, the one most behind first; the table sorts and leads to each."""
    asked = view.question()
    rows = asked.rows("systems_by_unit")
    with st.container(border=True, key="league"):
        st.subheader(asked.say("Units, those most behind first"), anchor=False)
        st.text(show.says(integration.by_unit))
        behind = rows.sort_values(["overdue", "share"], ascending=[False, True], kind="stable")
        _league(readable(METRICS["systems_by_unit"], behind, asked.language))


def only_unit() -> str | None:
    """The code of the unit, when the view is of just one."""
    chosen = view.question().selection.unit
    return chosen[0] if len(chosen) == 1 else None


def page_part() -> None:
    """The unit's name, its systems with their days, and the way back to all units."""
    asked = view.question()
    st.page_link(
        PAGE,
        label=asked.say("All units"),
        icon=":material/arrow_back:",
        query_params=_address(None),
    )
    for row in asked.rows("systems_by_unit").itertuples():
        st.subheader(show.as_text(row.unit), anchor=False)
        kind = asked.say(", ").join((asked.name(row.side), asked.name(row.sector)))
        st.caption(show.as_text(f"{row.unit_code} · {kind}"))
    show.chart(stages.of_unit, _systems)


def _systems(rows: pd.DataFrame) -> None:
    """The unit's systems, without what stands above the table."""
    columns = _named("system_progress", rows)
    days = [name for name in _DAYS if name in columns]
    rows = _sortable(rows, [columns[name] for name in days])
    show.table(rows[[columns[name] for name in _SYSTEMS]])


def _league(rows: pd.DataFrame) -> None:
    """The table of units, to sort; the button of a unit leads to it."""
    asked = view.question()
    columns = _named("systems_by_unit", rows)
    code = columns["unit_code"]
    numbers = rows.select_dtypes("number").columns
    st.caption(asked.say("Click a column's title to sort by it, a unit's code to see its systems."))
    st.dataframe(
        _sortable(rows, [columns["latest_on"]]),
        hide_index=True,
        height=420 if len(rows) > 11 else "auto",
        placeholder="",
        column_config={
            **{name: st.column_config.NumberColumn(format="localized") for name in numbers},
            code: st.column_config.ButtonColumn(
                pinned=True, key="open_unit", on_click=partial(_open, list(rows[code]))
            ),
        },
        column_order=[columns[name] for name in _LEAGUE],
    )


_LEAGUE = (
    *("unit_code", "unit", "integrated", "share", "overdue", "latest_on"),
    *("testing", "planned", "retired", "side", "sector"),
)
_SYSTEMS = (
    *("system_code", "system", "stage", "since", "months", "target_on", "days_overdue"),
    *("planned_on", "testing_on", "integrated_on", "retired_on"),
)
_DAYS = ("since", "planned_on", "testing_on", "integrated_on", "retired_on", "target_on")


def _named(key: str, rows: pd.DataFrame) -> dict[str, str]:
    """A metric's columns -> their titles in its table."""
    return dict(zip((column.name for column in METRICS[key].columns), rows.columns, strict=True))


def _sortable(rows: pd.DataFrame, days: list[str]) -> pd.DataFrame:
    """Days as text of one length: 92/10/14 would else come after 102/09/24."""
    return rows.assign(**{name: rows[name].str.rjust(9) for name in days})


def _open(codes: list[str]) -> None:
    view.current().filters["unit"] = (codes[st.session_state["open_unit"]["row"]],)
