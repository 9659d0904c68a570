"""Rows on a page: as a table, and as a file to download."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from adoption.text.formulas import harmless_rows

# A file of more records than this is packed: it would be tens of megabytes.
MOST_UNPACKED = 100_000
_GREY = "#8a8f98"


def table(
    rows: pd.DataFrame,
    *,
    wraps: bool = False,
    greyed: Sequence[bool] = (),
    key: str | None = None,
    height: int = 420,
) -> None:
    """Counts with thousands separators. With `wraps`, room for two lines of text in a row; rows
    for which `greyed` holds are grey. A long one is `height` pixels high."""
    numbers = rows.select_dtypes("number").columns
    st.dataframe(
        _with_grey(rows, greyed) if any(greyed) else rows,
        hide_index=True,
        height="auto" if len(rows) < 12 else height,
        row_height=66 if wraps else None,  # more than 4 rem: Streamlit wraps only then
        key=key,
        column_config={name: st.column_config.NumberColumn(format="localized") for name in numbers},
    )


def _with_grey(rows: pd.DataFrame, greyed: Sequence[bool]) -> Styler:
    colours = pd.DataFrame("", index=rows.index, columns=rows.columns)
    colours.loc[list(greyed)] = f"color: {_GREY}"
    return rows.style.apply(lambda _: colours, axis=None)


# Addresses become links whatever is escaped in them; not where a sign without width stands.
_LINKS = re.compile(r"(?<=www)(?=\.)|(?=://)|(?=@)", re.IGNORECASE)
_WORD_JOINER = "\u2060"


def as_text(words: str) -> str:
    """`words`, which hold names from data, for a place that reads Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>#:$~|])", r"\\\1", _LINKS.sub(_WORD_JOINER, words))


def as_csv(rows: pd.DataFrame) -> bytes:
    """UTF-8 with a BOM, which Excel needs to read Chinese; formulas made harmless."""
    return b"".join(_pieces([rows]))


def records_csv(pieces: Iterable[pd.DataFrame], packed_as: str | None = None) -> bytes:
    """One CSV file of all pieces; in a zip, under the name `packed_as`, when that is given."""
    file = io.BytesIO()
    if packed_as is None:
        file.writelines(_pieces(pieces))
    else:
        with (
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
            packed.open(packed_as, "w", force_zip64=True) as inner,
        ):
            inner.writelines(_pieces(pieces))
    return file.getvalue()


def _pieces(frames: Iterable[pd.DataFrame]) -> Iterable[bytes]:
    for number, rows in enumerate(frames):
        text: str = harmless_rows(rows).to_csv(index=False, header=number == 0, lineterminator="\n")
        yield text.encode("utf-8-sig" if number == 0 else "utf-8")
