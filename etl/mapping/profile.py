"""Profiles: a TOML file that says how a foreign file's columns become those of a feed.

    feed = "certificates"
    title = "Counter system"       # what the 資料 page calls it; title_zh in Chinese
    [file]                         # how it is written; all of it may be left out
    columns = ["status", "expiry"] # a file without a header row: what its columns are, in order
    delimiter = "\\t"
    quotes = false                 # quotation marks are ordinary signs
    encoding = "cp950"
    sheet = "清冊"
    drop = ["CTT_NM"]              # about persons: neither read nor kept
    [columns]                      # column of the feed = header in the file, or its place from 1
    serial = "CARD_NO"             # or { from = "CARD_NO", hexadecimal = true }: 3D4E is 3d:4e
    [columns.expires_on]
    from = "expiry"
    pattern = '^(\\d{12}Z)'         # of RE2; what matches, or its first group that does
    unescape = true                # \\xE8\\x87\\xBA -> 臺, as OpenSSL writes names
    format = ["%y%m%d%H%M%SZ"]     # of a day, see day_format.py; what does not fit is refused
    utc_offset_hours = 8           # the time is UTC, the day wanted is the one here; not asked
                                   # where the text has an offset of its own (%z)
    minus_years = 5                # that many years (or minus_days) before the day: an estimate, so
                                   # no later than what the row says has happened after it
    [columns.card]
    from = "KIND"
    words = { "1" = "primary" }    # other words go to the feed as they are
    default = "primary"            # for an empty cell
    [columns.ended_on]
    from = "revocation"
    required_if = { status = "R" } # refused where `status` says so and there is none
    [columns.holder_key]           # where there is no 統一編號: a keyed hash counts holders and
    from = ["O", "CN"]             # links renewals; the text of these columns is dropped
    pattern = '...'                # of each: what matches, or its first group
    empty_if = { from = "reason", pattern = 'Hold' } # no value in such rows, nor is one required
    [columns.org_type]
    value = "company"              # the same in every row
    flagged = true                 # mark the rows: this is the profile's word, not the file's
    [rows]                         # only rows whose cell matches are records of the feed
    from = "revocation"
    pattern = 'certificateHold'
    [[also]]                       # records of another feed in the same file, loaded with it:
    feed = "suspensions"           # feed, rows and columns as above

Everything that a profile does not name is recognised as without it.
"""

import calendar
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import re2

from adoption.language import Text
from etl.mapping.day_format import BadFormat, DayFormat
from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.headers import UnreadableFile, names_of, plain
from etl.mapping.holder_key import PART, HolderKey, part_of

MOST_BYTES, _MOST_PATTERN_SIGNS = 32 << 10, 1_000
Pattern = Any  # re2's, which has no types
# Of a profile as it came with earlier versions, which is kept with the loads that were read by it.
_SAME_IN_RE2 = {"^(?!0+$).+": ".*[^0].*"}
_QUIETLY = re2.Options()
_QUIETLY.log_errors = False
# No day is written in more signs.
_MOST_DAY_SIGNS = 100
_ENCODINGS = ("utf-8", "cp950", "big5hkscs", "big5", "gb18030", "utf-16")
_DELIMITERS = (",", "\t", ";", "|")
_TOP = {
    "feed": str,
    "title": str,
    "title_zh": str,
    "description": str,
    "file": dict,
    "columns": dict,
    "rows": dict,
    "also": list,
}
_ALSO = {"feed": str, "columns": dict, "rows": dict}
_ROWS: dict[str, Any] = {"from": (str, int), "pattern": str}
_FILE = {
    "columns": list,
    "delimiter": str,
    "quotes": bool,
    "encoding": str,
    "sheet": str,
    "drop": list,
}
_COLUMN: dict[str, Any] = {
    "from": (str, int),
    "pattern": str,
    "empty_if": dict,
    "unescape": bool,
    "format": (str, list),
    "utc_offset_hours": int,
    "minus_years": int,
    "minus_days": int,
    "words": dict,
    "default": str,
    "value": (str, int),
    "flagged": bool,
    "required_if": dict,
    "hexadecimal": bool,
}
_KEY: dict[str, Any] = {"from": (str, int, list), "pattern": str}


@dataclass(frozen=True)
class RowsThat:
    """Some rows: those with such a cell in a column, by its header or place."""

    source: str | int
    pattern: Pattern

    def __call__(self, text: str | None) -> bool:
        return bool(self.pattern.search(text or ""))

    def moved(self) -> "RowsThat":
        """The same where all columns stand one place further on."""
        if isinstance(self.source, int):
            return replace(self, source=self.source + 1)
        return self


@dataclass(frozen=True)
class ProfileColumn:
    """How one column of the feed comes about. Calling it turns a cell's text into the feed's."""

    name: str
    source: str | int | None  # a header, a place from 1, or None for a fixed value
    pattern: Pattern | None = None
    unescape: bool = False
    formats: tuple[DayFormat, ...] = ()
    utc_offset_hours: int = 0
    minus_years: int = 0
    minus_days: int = 0
    words: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    value: str | None = None
    flagged: bool = False
    # A header or place, and the words in it with which the row needs a value here.
    required_if: tuple[str, tuple[str, ...]] | None = None
    hexadecimal: bool = False  # a serial: one key in any case, with or without signs
    holder_key: HolderKey | None = None  # what stands where there is none (holder_id only)
    empty_if: RowsThat | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the cell is taken as it is."""
        return replace(self, hexadecimal=False) == ProfileColumn(self.name, self.source)

    @property
    def keeps_text(self) -> bool:
        """Whether a cell may come through whole, be it in the words about a day that is none."""
        return self.source is not None and (self.pattern is None or bool(self.formats))

    @property
    def is_estimate(self) -> bool:
        return bool(self.minus_years or self.minus_days)

    def __call__(self, text: str | None) -> str | None:
        if self.value is not None:
            return self.value
        is_concealed, part = part_of(text, self.name)
        if is_concealed:
            return part
        found = text.strip() if text else ""
        if found and self.unescape:
            found = _unescaped(found)
        if found and self.pattern:
            match = self.pattern.search(found)
            groups = [part for part in match.groups() if part] if match else []
            found = (
                (groups[0] if groups else match[0] if not self.pattern.groups else "")
                if match
                else ""
            )
        found = found.strip()
        if not found:
            return self.default
        if self.formats:
            found = self._day(found)
        return self.words.get(found, found)

    def _day(self, text: str) -> str:
        for form in self.formats if len(text) <= _MOST_DAY_SIGNS else ():
            day = form.day(text, self.utc_offset_hours)
            if day is None:
                continue
            with suppress(ValueError, OverflowError):
                day = _years_before(day, self.minus_years)
                return (day - timedelta(days=self.minus_days)).isoformat()
        # Not left to the feed's own parser, which could see another day in it.
        return f"{text} ≠ {' / '.join(form.text for form in self.formats)}"


def _years_before(day: date, years: int) -> date:
    year = day.year - years
    last = calendar.monthrange(year, day.month)[1]
    return day.replace(year=year, day=min(day.day, last))


def _unescaped(text: str) -> str:
    """OpenSSL's one-line names: each byte of a sign that is not ASCII as \\xHH."""

    def decoded(run: re.Match[str]) -> str:
        raw = bytes.fromhex(run[0].replace("\\x", ""))
        encoding = "utf-16-be" if b"\x00" in raw else "utf-8"
        return raw.decode(encoding, "replace").replace("\x00", "")

    return re.sub(r"(?:\\x[0-9A-Fa-f]{2})+", decoded, text)


@dataclass(frozen=True)
class Profile:
    """What a profile says. `text` is the TOML itself, to be kept with what was loaded by it."""

    name: str
    text: str
    feed: str
    columns: tuple[ProfileColumn, ...]
    header: tuple[str, ...] | None = None  # of a file without a header row
    delimiter: str | None = None
    quotes: bool = True
    encoding: str | None = None
    sheet: str | None = None
    drop: frozenset[str] = frozenset()  # headers, in their plain form
    title: Text = field(default_factory=lambda: Text("", ""))
    rows: "RowsThat | None" = None
    also: tuple["Profile", ...] = ()

    def part_for(self, feed: Feed) -> "Profile":
        """What it says of that feed. Raises UnreadableFile where it says nothing."""
        for part in (self, *self.also):
            if part.feed == feed.name:
                return part
        raise UnreadableFile(
            f"{self.name}：這個設定檔是給「{FEEDS[self.feed].zh}」的，不是「{feed.zh}」；請換一個",
            f"{self.name}: this profile is for {self.feed}, not {feed.name}; use another",
        )

    @property
    def counts_places(self) -> bool:
        """Whether it knows columns by their places, so that each has to keep its own."""
        read = [*[c.source for c in self.columns], *self.key_sources, *self._row_sources]
        return any(isinstance(source, int) for source in read)

    @property
    def _row_sources(self) -> tuple[str | int, ...]:
        """By which rows are told."""
        said = [self.rows, *(column.empty_if for column in self.columns)]
        return tuple(rows.source for rows in said if rows)

    @property
    def has_hexadecimal_serials(self) -> bool:
        return any(column.hexadecimal for column in self.columns)

    @property
    def holder_key(self) -> HolderKey | None:
        return next((c.holder_key for c in self.columns if c.holder_key), None)

    def with_secret(self, secret_of: Callable[[], bytes]) -> "Profile":
        """The same, able to make holders' keys if it says so."""
        if self.holder_key is None:
            return self
        key = replace(self.holder_key, secret=secret_of())
        columns = [replace(c, holder_key=key) if c.holder_key else c for c in self.columns]
        return replace(self, columns=tuple(columns))

    @property
    def key_sources(self) -> tuple[str | int, ...]:
        return self.holder_key.sources if self.holder_key else ()

    @property
    def sources(self) -> dict[str, str]:
        """Plain form of each header that it reads -> that header."""
        conditions = [c.required_if[0] for c in self.columns if c.required_if]
        others = [*self.key_sources, *self._row_sources, *conditions]
        read = [*[c.source for c in self.columns], *others]
        return {plain(source): source for source in read if isinstance(source, str)}

    def places_read(self, headers: Sequence[str]) -> set[int]:
        """Where in `headers` the columns are that it reads, in whatever way."""
        conditions = [c.required_if[0] for c in self.columns if c.required_if]
        own = (self.place_of(column, headers) for column in self.columns)
        named = [*self.key_sources, *self._row_sources, *conditions]
        others = (self.place_in(source, headers) for source in named)
        return {place for place in [*own, *others] if place is not None}

    @property
    def flags(self) -> tuple[str, ...]:
        return ("set_by_profile",) if any(column.flagged for column in self.columns) else ()

    def for_rejects(self) -> "Profile":
        """The same for a file of rejects (reject_file.py): foreign columns, written our way.

        Such a file has a header row, and its first column is not the foreign file's.
        """
        columns = [
            replace(column, source=column.source + 1) if isinstance(column.source, int) else column
            for column in self.columns
        ]
        if key := self.holder_key:
            moved = tuple(s + 1 if isinstance(s, int) else s for s in key.sources)
            columns = [
                replace(c, holder_key=replace(key, sources=moved)) if c.holder_key else c
                for c in columns
            ]
        columns = [replace(c, empty_if=c.empty_if and c.empty_if.moved()) for c in columns]
        return replace(
            self,
            columns=tuple(columns),
            rows=self.rows and self.rows.moved(),
            header=None,
            delimiter=None,
            quotes=True,
            sheet=None,
        )

    def place_of(self, column: ProfileColumn, headers: Sequence[str]) -> int | None:
        """Where in `headers` the column comes from; None for a fixed value.

        Raises UnreadableFile when the file has no such column.
        """
        if column.source is not None:
            return self.place_in(column.source, headers)
        if column.holder_key is None:
            return None
        # A 統一編號 under a header that every file may have goes before the key.
        known = names_of(FEEDS[self.feed])
        headers = ["" if plain(header) in self.drop else header for header in headers]
        places = [p for p, h in enumerate(headers) if known.get(plain(h)) == column.name]
        return places[0] if places else None

    def place_in(self, source: str | int, headers: Sequence[str]) -> int:
        """Where in `headers` that header or place is. Raises UnreadableFile where it is not."""
        if isinstance(source, int):
            if source <= len(headers):
                return source - 1
        else:
            wanted = plain(source)
            for place, header in enumerate(headers):
                if plain(header) == wanted:
                    return place
        shown = ", ".join(headers[:12])
        raise UnreadableFile(
            f"{self.name}：設定要讀的欄位「{source}」檔案裡沒有；標題列是：{shown}；"
            "請確認設定和檔案相配",
            f"{self.name}: it reads column “{source}”, which the file lacks; the header row "
            f"is: {shown}; check that profile and file belong together",
        )


def read_profile(path: Path) -> Profile:
    """Raises UnreadableFile, in one line, for a profile that cannot be right."""
    if path.exists() and not path.is_file():  # a pipe could be waited for without end
        raise _wrong(path.name, "不是一般的檔案", "it is no ordinary file")
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableFile(
            f"{path}：設定檔無法讀取（{error.strerror}）；設定檔在 data/profiles/",
            f"{path}: the profile cannot be read ({error.strerror}); see data/profiles/",
        ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong(path.name, "不是 UTF-8 文字", "it is not text in UTF-8") from error
    if len(content) > MOST_BYTES:
        raise _wrong(path.name, "太大了", "it is too large")
    return parse_profile(text, path.name)


def parse_profile(text: str, name: str) -> Profile:
    """A profile from its text, to read files by. Raises UnreadableFile."""
    profile = stored_profile(text, name)
    _refuse_copies(profile)
    _refuse_dropped(profile)
    return profile


def stored_profile(text: str, name: str) -> Profile:
    """That of a load, from the text that was kept with it: what is refused by now may be in it."""
    try:
        said = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        what = " ".join(str(error).split())
        raise _wrong(name, f"不是 TOML：{what}", f"it is not TOML: {what}") from error
    _check_keys(name, "", said, _TOP)
    _check_keys(name, "file.", said.get("file", {}), _FILE)
    file = said.get("file", {})
    _check_file(name, file)
    profile = _part(name, text, said, file, _title(said, name))
    return replace(profile, also=tuple(_also(profile, each, file) for each in said.get("also", [])))


def _also(profile: Profile, said: Any, file: Mapping[str, Any]) -> Profile:
    """Another feed of the same file; what makes holders' keys is not read for it."""
    if not isinstance(said, dict):
        raise _wrong(profile.name, "also 的型別不對", "also is of the wrong type")
    _check_keys(profile.name, "also.", said, _ALSO)
    part = _part(profile.name, profile.text, said, file, profile.title)
    key = profile.holder_key
    dropped = frozenset(plain(s) for s in (key.sources if key else ()) if isinstance(s, str))
    if part.feed == profile.feed or (key and len(dropped) < len(key.sources)):
        raise _wrong(
            profile.name,
            f"also 要是另一種資料，{PART} 要用標題",
            f"also must be of another feed, and {PART} name headers",
        )
    return replace(part, drop=part.drop | dropped)


def _part(
    name: str, text: str, said: Mapping[str, Any], file: Mapping[str, Any], title: Text
) -> Profile:
    feed = said.get("feed")
    if feed not in FEEDS:
        known = ", ".join(FEEDS)
        raise _wrong(name, f"feed 要是 {known} 其中之一", f"feed must be one of {known}")
    asked = dict(said.get("columns", {}))
    key = asked.pop(PART, None) if feed == "certificates" else None
    columns = [_column(name, FEEDS[feed], column, how) for column, how in asked.items()]
    if key is not None:
        columns = _with_key(name, columns, _holder_key(name, key))
    header = tuple(file["columns"]) if "columns" in file else None
    if file.get("drop") and (header or any(isinstance(c.source, int) for c in columns)):
        raise _wrong(
            name,
            "file.drop 不能和欄位順序一起用",
            "file.drop does not go together with columns by their place",
        )
    for column in columns:
        if header and isinstance(column.source, str) and column.source not in header:
            raise _wrong(
                name,
                f"columns.{column.name} 讀「{column.source}」，但 file.columns 沒有它",
                f"columns.{column.name} reads “{column.source}”, which is not in file.columns",
            )
    return Profile(
        name,
        text,
        feed,
        tuple(columns),
        header,
        file.get("delimiter"),
        file.get("quotes", True),
        file.get("encoding"),
        file.get("sheet"),
        frozenset(plain(header) for header in file.get("drop", [])),
        title,
        _rows_that(name, "rows", said["rows"]) if "rows" in said else None,
    )


def _rows_that(name: str, where: str, said: Mapping[str, Any]) -> RowsThat:
    _check_keys(name, f"{where}.", said, _ROWS)
    source, pattern = said.get("from"), _pattern(name, where, said.get("pattern"))
    if not source or pattern is None:
        raise _wrong(name, f"{where} 要有 from 和 pattern", f"{where} needs from and pattern")
    return RowsThat(source, pattern)


def _with_key(name: str, columns: list[ProfileColumn], key: HolderKey) -> list[ProfileColumn]:
    """The holder's number comes first, and the key where there is none."""
    own = next((c for c in columns if c.name == "holder_id"), ProfileColumn("holder_id", None))
    others = [column for column in columns if column.name != "holder_id"]
    return [replace(own, holder_key=key), *others]


def _refuse_copies(profile: Profile) -> None:
    """What makes a holder's key is kept nowhere: of it others take no more than a pattern finds."""
    concealed = {_named(profile, source) for source in profile.key_sources}
    for column in profile.columns:
        if column.keeps_text and _named(profile, column.source) in concealed:
            raise _wrong(
                profile.name,
                f"columns.{column.name} 讀 {column.source} 的全文，就不能再以它作 {PART}；"
                "要用 pattern 取一部分，不用 format",
                f"columns.{column.name} takes {column.source} whole, so {PART} cannot drop it: "
                "take a part by pattern, and without format",
            )


def _named(profile: Profile, source: str | int | None) -> str | int | None:
    """One name for a column, whether it goes by its header or by its place."""
    if isinstance(source, int) and profile.header and source <= len(profile.header):
        source = profile.header[source - 1]
    return plain(source) if isinstance(source, str) else source


def _refuse_dropped(profile: Profile) -> None:
    """What is dropped is in no archived copy, so that it could not be read a second time."""
    concealed = {plain(source) for source in profile.key_sources if isinstance(source, str)}
    for form, header in profile.sources.items():
        if form in profile.drop and form not in concealed:
            raise _wrong(
                profile.name,
                f"file.drop 捨棄「{header}」，但有欄位要讀它",
                f"file.drop drops “{header}”, which is read",
            )


def _holder_key(name: str, how: Any) -> HolderKey:
    where = f"columns.{PART}"
    if not isinstance(how, dict):
        how = {"from": how}
    _check_keys(name, f"{where}.", how, _KEY)
    sources = how.get("from")
    sources = tuple(sources) if isinstance(sources, list) else (sources,)
    if not sources or not all(
        (isinstance(s, str) and s) or (type(s) is int and s >= 1) for s in sources
    ):
        raise _wrong(
            name, f"{where}.from 要是標題或順序", f"{where}.from must be headers or places"
        )
    return HolderKey(sources, _pattern(name, where, how.get("pattern")))


def _required_if(name: str, where: str, said: dict[str, Any]) -> tuple[str, tuple[str, ...]] | None:
    """`{ header = "word" }`, or several words."""
    if not said:
        return None
    ((header, words), *others) = said.items()
    words = [words] if isinstance(words, str) else words
    if others or not isinstance(words, list) or not all(isinstance(w, str) for w in words):
        raise _wrong(
            name,
            f'{where}.required_if 要是 {{ 標題 = "字" }}',
            f'{where}.required_if must be {{ header = "word" }}',
        )
    return header, tuple(words)


def _title(said: Mapping[str, Any], name: str) -> Text:
    """Without a title, the name of its file; on one line and not too long to choose from."""
    english = said.get("title") or name.removesuffix(".toml")
    titles = Text(said.get("title_zh") or english, english)
    return Text(*(" ".join(title.split())[:80] for title in titles))


def profiles_in(folder: Path) -> list[Profile]:
    """Those that can be read, by the names of their files; a wrong one is left out."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(read_profile(path))
        except UnreadableFile:
            continue
    return found


def _check_keys(name: str, where: str, said: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    for key, value in said.items():
        if key not in known:
            names = ", ".join(known)
            raise _wrong(
                name,
                f"不認得 {where}{key}；可用的是 {names}",
                f"unknown key {where}{key}; known: {names}",
            )
        # In TOML true is no number, in Python it is.
        if not isinstance(value, known[key]) or (
            isinstance(value, bool) and known[key] is not bool
        ):
            raise _wrong(name, f"{where}{key} 的型別不對", f"{where}{key} is of the wrong type")


def _check_file(name: str, file: Mapping[str, Any]) -> None:
    if file.get("delimiter", ",") not in _DELIMITERS:
        raise _wrong(
            name, "file.delimiter 要是 , ; | 或 \\t", "file.delimiter must be , ; | or \\t"
        )
    if file.get("encoding", "utf-8") not in _ENCODINGS:
        known = ", ".join(_ENCODINGS)
        raise _wrong(
            name, f"file.encoding 要是 {known} 其中之一", f"file.encoding must be one of {known}"
        )
    header = file.get("columns", ["?"])
    if not header or not all(isinstance(text, str) and text for text in header):
        raise _wrong(name, "file.columns 要是欄位名稱", "file.columns must be names")
    if not all(isinstance(text, str) for text in file.get("drop", [])):
        raise _wrong(name, "file.drop 要是標題", "file.drop must be headers")
    if len(set(header)) < len(header):
        raise _wrong(name, "file.columns 有重複的名稱", "file.columns names a column twice")


def _column(name: str, feed: Feed, column: str, how: Any) -> ProfileColumn:
    where = f"columns.{column}"
    names = [c.name for c in feed.columns]
    if column not in names:
        known = ", ".join(names)
        raise _wrong(
            name,
            f"「{feed.zh}」沒有欄位 {column}；有的是 {known}",
            f"{feed.name} has no column {column}; it has {known}",
        )
    if isinstance(how, str | int) and not isinstance(how, bool):
        how = {"from": how}
    if not isinstance(how, dict):
        raise _wrong(name, f"{where} 的型別不對", f"{where} is of the wrong type")
    _check_keys(name, f"{where}.", how, _COLUMN)
    if ("from" in how) == ("value" in how):
        raise _wrong(
            name,
            f"{where} 要有 from 或 value 其中一個",
            f"{where} needs from or value, and not both",
        )
    source = how.get("from")
    if source == "" or (isinstance(source, int) and source < 1):
        raise _wrong(name, f"{where}.from 從 1 算起", f"{where}.from counts from 1")
    formats = how.get("format", [])
    formats = [formats] if isinstance(formats, str) else formats
    words = how.get("words", {})
    if not all(isinstance(word, str) for word in [*formats, *words.values()]):
        raise _wrong(
            name, f"{where}：format 和 words 要是文字", f"{where}: format and words must be text"
        )
    return ProfileColumn(
        column,
        source,
        _pattern(name, where, how.get("pattern")),
        how.get("unescape", False),
        _formats(name, where, formats),
        _within(name, f"{where}.utc_offset_hours", how.get("utc_offset_hours", 0), -12, 14),
        _within(name, f"{where}.minus_years", how.get("minus_years", 0), 0, 100),
        _within(name, f"{where}.minus_days", how.get("minus_days", 0), 0, 36_500),
        words,
        how.get("default"),
        None if "value" not in how else str(how["value"]),
        how.get("flagged", False),
        _required_if(name, where, how.get("required_if", {})),
        how.get("hexadecimal", False),
        empty_if=_rows_that(name, f"{where}.empty_if", how["empty_if"])
        if "empty_if" in how
        else None,
    )


def _formats(name: str, where: str, formats: Sequence[str]) -> tuple[DayFormat, ...]:
    try:
        return tuple(DayFormat(text) for text in formats)
    except BadFormat as error:
        raise _wrong(
            name,
            f"{where}.format 的「{error}」不是日期的格式",
            f"{where}.format “{error}” is no format of a day",
        ) from error


def _pattern(name: str, where: str, pattern: str | None) -> Pattern | None:
    """Of RE2: it takes time that grows with the text and the pattern, not with their powers."""
    try:
        if pattern is None:
            return None
        if len(pattern) > _MOST_PATTERN_SIGNS:
            raise re2.error(f"> {_MOST_PATTERN_SIGNS:,}")
        return re2.compile(_SAME_IN_RE2.get(pattern, pattern), _QUIETLY)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise _wrong(
            name, f"{where}.pattern 寫錯了（{said}）", f"{where}.pattern is wrong ({said})"
        ) from error


def _within(name: str, where: str, number: int, least: int, most: int) -> int:
    if not least <= number <= most:
        raise _wrong(
            name, f"{where} 要在 {least} 到 {most} 之間", f"{where} must be from {least} to {most}"
        )
    return number


def _wrong(name: str, zh: str, en: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name}：設定檔有誤，{zh}；請更正後再載入",
        f"{name}: the profile is wrong, {en}; correct it and load again",
    )
