"""A web page: each of its tables is a sheet. Much of what web systems call .xls is one."""

import io
import re
from typing import Any, BinaryIO

from etl.files.sandbox.grid import Grid
from etl.files.sandbox.refused import DAMAGED, Refused

_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_TAGS = ("table", "tr", "td", "th")


def tables(file: BinaryIO) -> list[Grid]:
    """Raises Refused for a page that ends within a table: rows may be missing from it."""
    from lxml import etree

    content = file.read()
    found: list[Grid] = []
    open_tables: list[Grid] = []
    parsing = etree.iterparse(
        io.BytesIO(content),
        events=("start", "end"),
        tag=_TAGS,
        html=True,
        encoding="utf-8",
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    for event, element in parsing:
        match event, element.tag:
            case "start", "table":
                open_tables.append(Grid(f"{len(found) + 1}"))
                found.append(open_tables[-1])
            case "end", "table":
                if open_tables:
                    open_tables.pop()
                element.clear()
            case "start", "tr":
                if open_tables:
                    _start_row(open_tables[-1], element)
            case "end", "td" | "th":
                if open_tables:
                    _put(open_tables[-1], element)
                element.clear()
    if _is_cut_off(content) or any(error.level_name == "FATAL" for error in parsing.error_log):
        raise Refused(DAMAGED)
    return found


def _is_cut_off(content: bytes) -> bool:
    """Whether it ends within a row or a comment: a parser of pages takes that for an end."""
    first, *scripts = content.lower().split(b"<script")  # which may speak of rows
    page = first + b"".join(script.partition(b"</script")[2] for script in scripts)
    is_in_row = page.rfind(b"</table") < page.rfind(b"<tr")
    return is_in_row or page.rfind(b"<!--") > page.rfind(b"-->")


def _start_row(table: Grid, element: Any) -> None:
    number = table.start_row()
    if _HIDDEN.search(element.get("style") or ""):
        table.facts.hidden.add(number)


def _put(table: Grid, element: Any) -> None:
    if not table.rows:
        table.start_row()
    table.put(_text(element), _count(element, "rowspan"), _count(element, "colspan"))


def _text(element: Any) -> str | None:
    """As a browser shows it: one space for any, a line break for <br>."""
    parts: list[str] = [element.text or ""]
    for inner in element.iterdescendants():
        if inner.tag == "br":
            parts.append("\0")
        elif inner.tag not in ("script", "style"):
            parts.append(inner.text or "")
        parts.append(inner.tail or "")
    lines = "".join(parts).split("\0")
    return "\n".join(" ".join(line.split()) for line in lines).strip() or None


def _count(element: Any, name: str) -> int:
    digits = re.match(r"\s*(\d{1,6})", element.get(name) or "")
    return int(digits[1]) if digits else 1
