"""Every hostile file, by family. Each is made anew, from nothing but its own few lines."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Content = Callable[[], bytes]
# In the name of a file that takes more than a moment.
_MANY = re.compile(r"million|0,000|GB|00 MB")


@dataclass(frozen=True)
class Hostile:
    """A file, the feed that it is loaded as, and the profile (TOML) that it is loaded by.

    `is_quick`: tried in the test run, in the process of the test.
    """

    family: str
    name: str
    content: Content
    feed: str = "suspensions"
    profile: bytes = b""
    is_quick: bool = False


def all_hostile() -> list[Hostile]:
    return list(_all())


def _all() -> Iterator[Hostile]:
    from tests.security import packed, texts

    for family, makers in (texts.FAMILIES | packed.FAMILIES).items():
        is_quick = family in ("CSV", "other kinds", "gzip", "zip")
        for name, content in makers.items():
            yield Hostile(family, name, content, is_quick=is_quick and not _MANY.search(name))
    for form, table_of in (texts.FORMATS | packed.FORMATS).items():
        for name, cell in texts.CELLS.items():
            content = texts.with_cell(table_of, cell)
            yield Hostile(f"cells in {form}", name, content, is_quick=form == "CSV")
    for name, cell in texts.CELLS.items():
        yield Hostile("headers", name, texts.with_header(cell), is_quick=True)
    for name, (feed, content) in texts.VALUES.items():
        yield Hostile("values", name, content, feed)
    for name, profile in texts.PROFILES.items():
        yield Hostile(
            "profiles", name, texts.killing, profile=profile.encode(), is_quick="parts" not in name
        )
