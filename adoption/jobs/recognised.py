"""What a file was taken for, in the visitor's language: its kind of file, its columns."""

from collections.abc import Sequence

import pandas as pd

from adoption.formats import number_text
from adoption.jobs.tables import Row, column_title
from adoption.language import Language, say
from etl.files.account import account_text, hidden_text, left_out_text
from etl.mapping.feeds import FEEDS
from etl.mapping.headers import source_of
from etl.mapping.profile import stored_profile


def recognised(language: Language, file: Row) -> str:
    """What a file was taken for, in a line; then, a line each, what was not read of it.

    `file`: the result of a load, or its row in the ledger.
    """
    facts = [" ".join(filter(None, (file["format"].upper(), file["encoding"].upper())))]
    if file["entry"]:
        facts.append(say(language, "file “{name}” in it", name=file["entry"]))
    if file["sheet"]:
        facts.append(say(language, "sheet “{name}”", name=file["sheet"]))
    if file["header_row"]:
        facts.append(say(language, "header in row {number}", number=str(file["header_row"])))
    else:
        facts.append(say(language, "no header row"))
    if file["profile"]:
        title = stored_profile(file["profile"], "").title.in_language(language)
        facts.append(say(language, "read by the profile “{name}”", name=title))
    if file["skipped"]:
        count = number_text(file["skipped"])
        facts.append(say(language, "{count} skipped (no records)", count=count))
    comma = say(language, ", ")
    lines = [say(language, "{file}: {facts}", file=file["file"], facts=comma.join(facts))]
    if account := file.get("account"):  # the ledger has none
        lines.append(account_text(account).in_language(language))
    if left_out := file.get("rejects_left_out"):
        lines.append(left_out_text(left_out).in_language(language))
    if hidden := file.get("hidden_rows"):
        lines.append(hidden_text(hidden).in_language(language))
    if file["unread_sheets"]:
        names = comma.join(file["unread_sheets"])
        lines.append(say(language, "Sheets not read: {names}", names=names))
    if file["dropped"]:
        names = comma.join(file["dropped"])
        lines.append(say(language, "Look personal, not read: {names}", names=names))
    return "\n".join(lines)


def columns_table(language: Language, files: Sequence[Row]) -> pd.DataFrame:
    """A row a header of a file: what it was taken for, or that it was not read."""
    rows = []
    for file in files:
        meanings: dict[str, list[str]] = {}
        for header in file["dropped"]:
            meanings[header] = [say(language, "looks personal: not read")]
        for header, name in file["columns"].items():
            found = meanings.setdefault(_own_header(language, file, header, name), [])
            if name is not None:
                found.append(column_title(language, FEEDS[file["feed"]], name))
        rows += [
            {
                say(language, "File"): file["file"],
                say(language, "Header in the file"): header,
                say(language, "Taken for"): say(language, ", ").join(found)
                or say(language, "not used"),
            }
            for header, found in meanings.items()
        ]
    return pd.DataFrame(rows)


def _own_header(language: Language, file: Row, header: str, name: str | None) -> str:
    """Under which header of the file itself a column stands that a profile made."""
    made_of = source_of(name or "", header)
    if file["profile"] and header == name:
        profile = stored_profile(file["profile"], "").part_for(FEEDS[file["feed"]])
        columns = profile.columns
        if any(column.name == name and column.source is None for column in columns):
            return say(language, "(the profile says it)")
    return made_of
