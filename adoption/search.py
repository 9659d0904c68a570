"""Finding units and systems by what someone types: 臺 or 台, wide or narrow, capital or small."""

from dataclasses import dataclass

import pandas as pd

from adoption.places import fold


@dataclass(frozen=True)
class Found:
    """The code of a unit whose name or code hold what was typed, or those of some `systems` of
    it, by their codes."""

    unit_code: str
    systems: tuple[str, ...]


def find(names: pd.DataFrame, words: str) -> list[Found]:
    """The units in the order of `names` (see names_of), each once; nothing for empty words.

    Every word has to stand somewhere in a unit's code and names, or in a system's and its unit's.
    A unit that matches by itself lists only systems that the words are about more closely.
    """
    sought = [_folded(word) for word in words.split()]
    if not sought:
        return []
    found = []
    for code, rows in names.groupby("unit_code", sort=False):
        unit = _folded(*rows.iloc[0][["unit_code", "unit", "unit_en"]])
        about_unit = all(word in unit for word in sought)
        systems = [
            str(row.system_code)
            for row in rows.dropna(subset=["system_code"]).itertuples()
            if _is_about_system(sought, unit, _folded(row.system_code, row.system, row.system_en))
        ]
        if about_unit or systems:
            found.append(Found(str(code), () if about_unit else tuple(systems)))
    return found


def _is_about_system(sought: list[str], unit: str, system: str) -> bool:
    return all(word in unit + "\n" + system for word in sought) and any(
        word in system for word in sought
    )


def _folded(*texts: object) -> str:
    return "\n".join(fold(str(text)).casefold() for text in texts if not pd.isna(text))
