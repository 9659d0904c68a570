"""A file -> what was recognised in it, and its rows in batches of text columns (Arrow).

To add a format: a module that gives the first rows and then batches of text, as csvfile.py and
spreadsheet.py do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from etl.files import csvfile, spreadsheet
from etl.files.account import LineCounts
from etl.files.batch_limits import limited
from etl.files.csvfile import Malformed, TextBatch, cells_of
from etl.files.csvheader import count_titles, header_row, rows_under
from etl.files.inspect_file import TABLES, InspectedFile, head_of, inspect_file
from etl.files.layout import HeaderRow, Layout
from etl.history import corrections
from etl.mapping.derived import Derived
from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.headers import (
    Found,
    Header,
    UnreadableFile,
    derived_text,
    find_header,
    missing_columns,
    names_of,
    plain,
    recognise,
    refuse_unfit,
)
from etl.mapping.merged_labels import wanted_rows
from etl.mapping.non_record_rows import (
    MOST_TEXT,
    Skipped,
    is_other_header,
    skipped_shape,
    why_skipped,
)
from etl.mapping.personal_cells import Columns
from etl.mapping.personal_headers import is_personal_header
from etl.mapping.profile import Profile
from etl.validation.reasons import Reason
from etl.validation.validate import Reject
from etl.validation.values import EMAIL


@dataclass(frozen=True)
class SourceFile:
    """A file as it was recognised. `name` is its last part only; a path is never stored."""

    path: Path
    name: str
    sha256: str
    bytes: int
    format: str  # csv or one of inspect_file.TABLES; with .gz or .zip when it was packed
    encoding: str  # '' for a format that has its own
    header: HeaderRow
    headers: tuple[Header, ...]
    has_email: bool  # in some cell of some column
    content: InspectedFile
    layout: Layout = field(default_factory=Layout)
    sheet: str = ""
    sheet_rows: int = 0  # down to the last with anything in it
    wanted: spreadsheet.Wanted | None = None  # which of them are read; None: no sheet
    unread_sheets: tuple[str, ...] = ()  # other visible sheets with text, other files in a zip
    profile: Profile | None = None
    has_persons_elsewhere: bool = False  # perhaps, on one of them

    @property
    def entry(self) -> str:
        """The name of the file inside a zip, to be shown."""
        return self.content.entry

    @property
    def columns(self) -> dict[str, str | None]:
        """Header -> column of the feed, for all that is read; None: ignored.

        Columns that a profile makes come last, after `own_columns` of the file's own.
        """
        return {h.text: h.column for h in self.headers if self.has_place(h)}

    @property
    def own_columns(self) -> int:
        """How many of `columns` stand in the file itself."""
        return sum(self.has_place(h) and not h.is_derived for h in self.headers)

    def has_place(self, header: Header) -> bool:
        """Whether it is among `columns`: where a profile counts them, a dropped one is empty."""
        return not header.is_dropped or (self.profile is not None and self.profile.counts_places)

    @property
    def ignored(self) -> list[str]:
        return [
            h.text
            for h in self.headers
            if _is_unused(h) and not h.is_dropped and not corrections.is_added(h.text)
        ]

    @property
    def dropped(self) -> list[str]:
        """Headers of the columns that look personal: not read."""
        return [h.text for h in self.headers if h.is_dropped]

    @property
    def is_personal(self) -> bool:
        """Whether the file must not be kept as it is."""
        return self.has_personal_columns or self.has_persons_elsewhere

    @property
    def has_personal_columns(self) -> bool:
        has_key = self.profile is not None and self.profile.holder_key is not None
        return self.has_email or has_key or bool(self.dropped)

    @property
    def estimated(self) -> tuple[str, ...]:
        """Columns of days that the profile estimates from others."""
        columns = self.profile.columns if self.profile else ()
        return tuple(column.name for column in columns if column.is_estimate)

    @property
    def flags(self) -> tuple[str, ...]:
        """What every row of it is flagged for."""
        return self.profile.flags if self.profile else ()


@dataclass(frozen=True)
class Batch:
    """`rows`: `row_number`, then text by header. `malformed`: rows that do not fit the header.

    `skipped`: rows of another shape that are no records, such as a note under the header.
    """

    rows: pa.RecordBatch
    malformed: list[Reject]
    position: int  # about how many bytes of the file are read so far
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True)
class Opened:
    """A file before it is read as some feed; of a spreadsheet, the first rows of its sheets."""

    content: InspectedFile
    heads: tuple[spreadsheet.Head, ...] = ()
    others: tuple[spreadsheet.Head, ...] = ()  # of them, those that hold rejects of another feed


def opened(path: Path, profile: Profile | None = None) -> Opened:
    """Read `path` once, from its first byte to its last. Raises UnreadableFile."""
    content = inspect_file(path, profile.encoding if profile else None)
    if content.kind not in TABLES:
        return Opened(content)
    with content.seekable() as file:
        return Opened(content, tuple(spreadsheet.heads(content.name, content.kind, file)))


def columns_as(file: Opened, feed: Feed) -> int:
    """How many of its columns `feed` has a use for.

    Raises UnfitFile where it lacks one that every row needs, UnreadableFile for what else is wrong.
    """
    source = _recognised(file, feed, names_of(feed), None)
    return sum(column is not None for column in source.columns.values())


def recognised_head(file: Opened, feed: Feed, names: dict[str, str]) -> SourceFile:
    """`file` by the row that holds the most of `names`, whatever `feed` needs and has columns for:
    all are unused. Raises UnreadableFile."""
    return _recognised(file, replace(feed, columns=()), names, None)


def kept_for(file: Opened, kept: Sequence[Profile]) -> Profile | None:
    """Of profiles that people kept, the one that reads the most headers of those of which all are
    there; the first of equals."""
    found: Profile | None = None
    for profile in kept:
        feed = FEEDS[profile.feed]
        head = recognised_head(file, feed, {form: f"< {form}" for form in profile.sources})
        present = {plain(header.text) for header in head.headers}
        most = len(found.columns) if found else 0
        if set(profile.sources) <= present and len(profile.columns) > most:
            found = profile
    return found


def describe(
    path: Path, feed: Feed, profile: Profile | None = None, kept: Sequence[Profile] = ()
) -> SourceFile:
    """What `path` is when read as `feed`, by `profile` or else by one of `kept` that fits it.

    Raises UnreadableFile, saying what and where.
    """
    profile = profile and profile.part_for(feed)
    file = opened(path, profile)
    if of_rejects := feeds_of_rejects(file):
        file = _of_feed(file, of_rejects, feed)
    if profile is None:
        profile = kept_for(file, [each for each in kept if each.feed == feed.name])
    names = names_of(feed)
    if of_rejects:
        profile = profile.for_rejects() if profile else None
    if profile:
        given = {column.name for column in profile.columns}
        names = {form: name for form, name in names.items() if name not in given}
        names |= {form: f"< {form}" for form in profile.sources}
    source = _recognised(file, feed, names, profile)
    with_email, about_persons = _personal_places(file, source)
    personal = with_email | about_persons
    if not personal:
        return source
    headers = tuple(
        replace(h, is_dropped=h.is_dropped or (_is_unused(h) and place in personal))
        for place, h in enumerate(source.headers)
    )
    return replace(source, headers=headers, has_email=bool(with_email))


def batches(source: SourceFile, counts: LineCounts | None = None) -> Iterator[Batch]:
    """The rows of `source` in the file's order, without its dropped columns. Fills `counts`."""
    own = [h for h in source.headers if not h.is_derived]
    names = ["row_number", *source.columns]
    derived = Derived.of(source.profile, source.headers)
    for batch in _text_batches(source, counts or LineCounts()):
        is_of_feed = derived.are_of_feed(batch.rows)
        rows = derived.concealed(batch.rows)
        nothing = pa.nulls(rows.num_rows, pa.string())
        columns = [batch.row_numbers]
        columns += [
            nothing if h.is_dropped else rows.column(place)
            for place, h in enumerate(own)
            if source.has_place(h)
        ]
        columns += derived.of_rows(rows)
        found = pa.RecordBatch.from_arrays(columns, names)
        malformed, skipped = _misfits(source, batch.malformed)
        if is_of_feed is not None:
            passed_over = [*batch.row_numbers.filter(pc.invert(is_of_feed)).to_pylist()]
            passed_over += [reject.row_number for reject in malformed]
            skipped += [Skipped(number, "other_feed", "") for number in sorted(passed_over)]
            found, malformed = found.filter(is_of_feed), []
        yield Batch(found, malformed, batch.position, skipped)


def _misfits(
    source: SourceFile, malformed: Sequence[Malformed]
) -> tuple[list[Reject], list[Skipped]]:
    """Rows that do not fit the header: those to mend, and those that are no records."""
    shapes = [
        (row, skipped_shape(row.text, _is_first_row(source, row.row_number))) for row in malformed
    ]
    hidden = source.has_personal_columns
    return [_reject(source, row) for row, why in shapes if why is None], [
        Skipped(row.row_number, why, "" if hidden else row.text[:MOST_TEXT])
        for row, why in shapes
        if why
    ]


def made_again(source: SourceFile, rows: pa.RecordBatch) -> pa.RecordBatch:
    """`rows` with the columns that the profile makes out of others, after those have changed."""
    own = [h.text for h in source.headers if not h.is_derived]
    nothing = pa.nulls(rows.num_rows, pa.string())
    present = set(rows.schema.names[1 : source.own_columns + 1])
    cells = [rows.column(text) if text in present else nothing for text in own]
    derived = Derived.of(source.profile, source.headers)
    columns = list(rows.columns[: source.own_columns + 1])
    columns += derived.of_rows(pa.RecordBatch.from_arrays(cells, own))
    return pa.RecordBatch.from_arrays(columns, rows.schema.names)


def without_skipped(
    source: SourceFile, feed: Feed, refused: Sequence[Reject]
) -> tuple[list[Reject], list[Skipped]]:
    """The rows to mend, and those that are no records after all (non_record_rows.py)."""
    rejects: list[Reject] = []
    skipped: list[Skipped] = []
    refuse_other_headers(source, feed, refused)
    for reject in refused:
        is_first = _is_first_row(source, reject.row_number)
        why = why_skipped(feed, source.columns, reject.text, is_first)
        if why is None:
            rejects.append(reject)
        else:
            text = ",".join(cell for cell in reject.text.values() if cell)
            skipped.append(Skipped(reject.row_number, why, text[:MOST_TEXT]))
    return rejects, skipped


def refuse_other_headers(source: SourceFile, feed: Feed, refused: Sequence[Reject]) -> None:
    """Raises UnreadableFile where a second header has the columns in other places."""
    for reject in refused:
        fits = reject.reasons[0].code != "malformed_row"
        if is_other_header(feed, source.columns, reject.text, fits):
            raise _another_header(source, reject.row_number)


def _another_header(source: SourceFile, row: int) -> UnreadableFile:
    first = source.header.row_number
    return UnreadableFile(
        f"{source.name}：第 {row:,} 列又是標題，欄位和第 {first:,} 列的不同；"
        "請把下面的表搬到另一個檔案",
        f"{source.name}: row {row:,} is a header again, with other columns than that in row "
        f"{first:,}; move the table below it to a file of its own",
    )


def _is_first_row(source: SourceFile, row_number: int) -> bool:
    """Whether a row is so near to the header that a bare date in it is the day of the report."""
    return row_number <= source.header.row_number + 2


def feeds_of_rejects(file: Opened) -> dict[int, str]:
    """The parts of the file that hold rejects, and of which feed: '' where they do not say.

    A part is a sheet by its place, or the whole of a text as 0. Empty: it is no file of rejects.
    """
    if file.content.kind in TABLES:
        parts = {head.sheet: (head.name, [cells for _, cells in head.rows]) for head in file.heads}
    else:
        parts = {0: ("", rows_under(head_of(file.content), corrections.NUMBER))}
    said = {place: corrections.feed_of_rejects(*part) for place, part in parts.items()}
    return {place: feed for place, feed in said.items() if feed is not None}


def _of_feed(file: Opened, of_rejects: Mapping[int, str], feed: Feed) -> Opened:
    """The file without the sheets of other feeds' rejects. Raises UnreadableFile for none left."""
    others = {place for place, name in of_rejects.items() if name not in ("", feed.name)}
    if others == set(of_rejects):
        kinds = [FEEDS[name] for name in dict.fromkeys(of_rejects.values())]
        raise UnreadableFile(
            f"{file.content.name}：這是「{'、'.join(kind.zh for kind in kinds)}」的退回檔，"
            f"不是「{feed.zh}」的；請選對資料種類",
            f"{file.content.name}: it holds rejects of {', '.join(k.name for k in kinds)}, not of "
            f"{feed.name}; load it as what they are",
        )
    return replace(file, others=tuple(h for h in file.heads if h.sheet in others))


def _is_unused(header: Header) -> bool:
    return header.column is None and not header.is_source


def _recognised(
    file: Opened, feed: Feed, names: dict[str, str], profile: Profile | None
) -> SourceFile:
    read_as = _table if file.content.kind in TABLES else _text
    return read_as(file, feed, names, profile)


def _text(file: Opened, feed: Feed, names: dict[str, str], profile: Profile | None) -> SourceFile:
    content, layout = file.content, None
    if profile and (profile.delimiter or profile.header or not profile.quotes):
        layout = Layout(profile.delimiter or ",", profile.quotes)
    if profile and profile.header:
        header = HeaderRow(list(profile.header), 0, content.bom_bytes)
        layout = layout or Layout()
    else:
        header, layout = header_row(content.name, head_of(content), content.text, names, layout)
    headers = _headers(feed, header.cells, profile)
    refuse_unfit(feed, content.name, headers)
    return _source(content, "csv", header, headers, profile, layout=layout)


def _table(file: Opened, feed: Feed, names: dict[str, str], profile: Profile | None) -> SourceFile:
    """The sheet whose header fits; hidden ones are not looked at."""
    content = file.content
    with_text = [head for head in file.heads if head.rows]
    wanted = [
        head
        for head in with_text
        if head not in file.others and (not profile or profile.sheet in (None, head.name))
    ]
    if not wanted:
        raise UnreadableFile(
            f"{content.name}：沒有看得見、有內容的工作表；請取消隱藏，或重新匯出",
            f"{content.name}: no visible sheet with anything in it; unhide it, or export it again",
        )
    candidates = []
    for head in wanted:
        if profile and profile.header:
            header, recognised = HeaderRow(list(profile.header), 0, 0), len(profile.header)
        else:
            found = find_header(names, [cells for _, cells in head.rows])
            if found is None:
                continue
            recognised = found.recognised
            header = _header_of(head, found)
        candidates.append((recognised, head, header))
    # Of two that recognise as much, an empty form is not the one that is meant.
    _, head, header = max(candidates, key=lambda c: (c[0], _has_rows(c[1], c[2])))
    headers = _headers(feed, header.cells, profile)
    refuse_unfit(feed, content.name, headers)
    _refuse_several(content, feed, candidates, profile)
    others = [other for other in with_text if other is not head]
    source = _source(
        content,
        content.kind,
        header,
        headers,
        profile,
        sheet=head.name,
        sheet_rows=head.height,
        wanted=wanted_rows(feed, headers, head.sheet, header.row_number),
        unread_sheets=tuple(other.name for other in others),
    )
    has_persons = any(map(_is_about_persons, others)) or source.has_persons_elsewhere
    return replace(source, has_persons_elsewhere=has_persons)


def _is_about_persons(head: spreadsheet.Head) -> bool:
    """Whether the first rows of a sheet are about persons: its workbook is not kept as it is."""
    rows = [cells for _, cells in head.rows]
    width = max(map(len, rows))
    columns = Columns(range(width))
    columns.add([*cells, *[""] * (width - len(cells))] for cells in rows[1:])
    named = any(is_personal_header(plain(cell)) for cells in rows[:5] for cell in cells)
    return named or bool(columns.personal())


def _header_of(head: spreadsheet.Head, found: Found) -> HeaderRow:
    number, _ = head.rows[found.place]
    above = [cells for _, cells in head.rows[: found.place + 1 - found.rows]]
    return HeaderRow(found.cells, number, 0, found.rows, count_titles(above))


def _has_rows(head: spreadsheet.Head, header: HeaderRow) -> bool:
    return any(number > header.row_number for number, _ in head.rows)


def _refuse_several(
    content: InspectedFile,
    feed: Feed,
    candidates: list[tuple[int, spreadsheet.Head, HeaderRow]],
    profile: Profile | None,
) -> None:
    """Two sheets that could both be meant: reading one of them would lose the other unseen."""
    fitting = []
    for _, head, header in candidates:
        present = {h.column for h in recognise(feed, header.cells)}
        made = {column.name for column in profile.columns} if profile else set()
        if _has_rows(head, header) and not missing_columns(feed, present | made):
            fitting.append(head.name)
    if len(fitting) > 1:
        found = "、".join(fitting[:8])
        raise UnreadableFile(
            f"{content.name}：有 {len(fitting)} 個工作表都符合（{found}）；"
            "請各存成一個檔案，或在設定檔用 file.sheet 指定",
            f"{content.name}: {len(fitting)} sheets fit ({found}); save each as a file of its own, "
            "or name one as file.sheet in a profile",
        )


def _source(
    content: InspectedFile,
    kind: str,
    header: HeaderRow,
    headers: tuple[Header, ...],
    profile: Profile | None,
    *,
    layout: Layout | None = None,
    sheet: str = "",
    sheet_rows: int = 0,
    wanted: spreadsheet.Wanted | None = None,
    unread_sheets: tuple[str, ...] = (),
) -> SourceFile:
    return SourceFile(
        content.path,
        content.name,
        content.sha256,
        content.bytes,
        f"{kind}.{content.packing}" if content.packing else kind,
        content.encoding,
        header,
        headers,
        False,
        content,
        layout or Layout(),
        sheet,
        sheet_rows,
        wanted,
        (*unread_sheets, *content.unread),
        profile,
        has_persons_elsewhere=bool(content.unread),  # nobody has looked
    )


def _headers(feed: Feed, cells: list[str], profile: Profile | None) -> tuple[Header, ...]:
    """The file's own, then what the profile makes. A cell it takes as it is needs no second one."""
    if profile is None:
        return recognise(feed, cells)
    places = {column.name: profile.place_of(column, cells) for column in profile.columns}
    concealed = {profile.place_in(source, cells) for source in profile.key_sources}
    made = {column.name for column in profile.columns}
    own = [
        replace(
            h,
            column=None if h.column in made else h.column,
            is_dropped=place not in concealed
            and (h.is_dropped or plain(cells[place]) in profile.drop),
        )
        for place, h in enumerate(recognise(feed, cells, profile.places_read(cells)))
    ]
    derived = []
    for column in profile.columns:
        place = places[column.name]
        if place is not None and column.is_plain and own[place].column is None:
            own[place] = replace(own[place], column=column.name)
            continue
        text = column.name if place is None else derived_text(column.name, own[place].text)
        derived.append(Header(text, column.name, is_derived=True))
    return (*own, *derived)


def _text_batches(source: SourceFile, counts: LineCounts) -> Iterator[TextBatch]:
    own = [h.text for h in source.headers if not h.is_derived]
    return limited(source.name, own, _unlimited_batches(source, counts))


def _unlimited_batches(source: SourceFile, counts: LineCounts) -> Iterator[TextBatch]:
    if source.wanted is None:
        yield from csvfile.text_batches(
            source.name, source.content.text, source.header, source.layout, counts
        )
        return
    width = sum(not h.is_derived for h in source.headers)
    with source.content.seekable() as file:
        for batch in spreadsheet.rows(source.name, source.content.kind, file, source.wanted):
            counts.blank += batch.blank
            counts.hidden += batch.hidden
            yield _fitted(batch.rows, width, source.bytes)
    counts.lines = source.sheet_rows


def _fitted(batch: pa.RecordBatch, width: int, position: int) -> TextBatch:
    """Columns as wide as the header; a row with text beyond it is malformed."""
    numbers, columns = batch.column(0), batch.columns[1 : width + 1]
    columns += [pa.nulls(batch.num_rows, pa.string())] * (width - len(columns))
    names = [str(place) for place in range(width)]
    rows = pa.RecordBatch.from_arrays(columns, names)
    malformed: list[Malformed] = []
    beyond = batch.columns[width + 1 :]
    if beyond:
        is_beyond = pc.is_valid(beyond[0])
        for column in beyond[1:]:
            is_beyond = pc.or_(is_beyond, pc.is_valid(column))
        for row in batch.filter(is_beyond).to_pylist():
            number, *cells = row.values()
            malformed.append(Malformed(number, len(cells), _csv_row(cells)))
        numbers, rows = numbers.filter(pc.invert(is_beyond)), rows.filter(pc.invert(is_beyond))
    return TextBatch(numbers, rows, malformed, position)


def _csv_row(cells: list[str | None]) -> str:
    return ",".join('"' + (cell or "").replace('"', '""') + '"' for cell in cells)


def _personal_places(file: Opened, source: SourceFile) -> tuple[set[int], set[int]]:
    """Which columns hold an e-mail address anywhere (-1 stands for the malformed rows), and which
    of those that nothing is read from hold names or ways to reach persons, by their cells."""
    own = [h for h in source.headers if not h.is_derived]
    columns = Columns(
        [
            place
            for place, h in enumerate(own)
            if _is_unused(h) and not h.is_dropped and not corrections.is_added(h.text)
        ]
    )
    is_table = source.content.kind in TABLES
    with_email: set[int] = set()
    if source.content.has_at or (is_table and columns.places):
        for batch in _known_batches(file, source) or _text_batches(source, LineCounts()):
            with_email |= _with_email(batch, with_email) if source.content.has_at else set()
            if is_table:
                columns.add_of(batch.rows)
    if not is_table and columns.places:
        layout = source.layout
        rows = source.content.sample.rows(source.encoding, layout.delimiter, layout.quotes)
        header = source.header.cells  # in a short file one cell among few
        columns.add(row for row in rows if len(row) == len(own) and row != header)
    return with_email, columns.personal()


def _known_batches(file: Opened, source: SourceFile) -> list[TextBatch]:
    """The rows of a sheet of which the first rows are all: it is not parsed once more for them."""
    for head in file.heads:
        if source.wanted is None or head.sheet != source.wanted.sheet:
            continue
        rows = [(number, cells) for number, cells in head.rows if number > source.wanted.after]
        if head.rows[-1][0] != head.height or not rows:
            continue
        numbers, cells = zip(*rows, strict=True)
        columns = [
            pa.array([cell or None for cell in column], pa.string())
            for column in zip_longest(*cells)
        ]
        batch = pa.RecordBatch.from_arrays(
            [pa.array(numbers), *columns], [str(n) for n in range(len(columns) + 1)]
        )
        return [_fitted(batch, sum(not h.is_derived for h in source.headers), 0)]
    return []


def _with_email(batch: TextBatch, known: set[int]) -> set[int]:
    found = {
        place
        for place, column in enumerate(batch.rows.columns)
        if place not in known and pc.any(pc.match_substring_regex(column, EMAIL.pattern)).as_py()
    }
    return found | ({-1} if any(EMAIL.search(row.text) for row in batch.malformed) else set())


def _reject(source: SourceFile, row: Malformed) -> Reject:
    own = [h.text for h in source.headers if not h.is_derived]
    expected = len(own)
    hint = f"{row.cells} 格，標題有 {expected} 格|{row.cells} cells, the header {expected}"
    reason = Reason("malformed_row", hint=hint)
    if source.has_personal_columns:
        # Which of its cells are the personal ones cannot be told: none is kept.
        return Reject(row.row_number, (reason,), {})
    cells = cells_of(row.text, source.layout)
    names = own + [f"({place})" for place in range(len(own) + 1, len(cells) + 1)]
    return Reject(row.row_number, (reason,), dict(zip(names, cells, strict=False)))
