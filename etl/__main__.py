"""python -m etl: make sample records, load files, see what became of them, take a load back."""

import getpass
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from adoption.command import CHECK_FAILED, CommandError, language, run
from adoption.language import Language
from adoption.policy import version_days
from adoption.store import DEFAULT_URL, EMPTY_VERSION, Store, open_store
from etl import report
from etl.commit.load_also import load_also
from etl.commit.result import RowsRejected
from etl.commit.totals import check_totals
from etl.commit.whole import MOST_TAKEN_BACK
from etl.files.members import members
from etl.history import ledger, replay
from etl.history.copy import copy
from etl.history.reject_file import RejectFile, reject_file
from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.kept_profiles import kept_profiles, profile_text, write_profile
from etl.mapping.profile import read_profile
from etl.mapping.suggestions import suggested
from etl.progress import progress_bar
from etl.sample import write_sample
from etl.validation.days import day
from etl.validation.values import BadValue

app = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None)

StoreOption = Annotated[
    str | None,
    typer.Option("--store", help=f"Where the records are: $ADOPTION_STORE, else {DEFAULT_URL}."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
LanguageOption = Annotated[
    Language | None,
    typer.Option("--lang", help="Language of messages; else $ADOPTION_LANG, else zh."),
]


def _feed(name: str) -> Feed:
    """By its name or its Chinese one."""
    found = next((feed for feed in FEEDS.values() if name in (feed.name, feed.zh)), None)
    if found is None:
        named = "、".join(f"{feed.zh}（{feed.name}）" for feed in FEEDS.values())
        raise CommandError(
            f"沒有「{name}」這種資料；請用 {named} 其中之一",
            f"{name}: no such feed; use one of {', '.join(FEEDS)}",
        )
    return found


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else day(text)
    except BadValue:
        raise CommandError(
            f"{option} 的「{text}」不是日期；請寫成 102/9/24 或 2013-09-24",
            f"{option} {text}: not a date; write it as 2013-09-24 or 102/9/24",
        ) from None


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "?"


def _print_json(objects: Iterable[dict[str, Any]]) -> None:
    for thing in objects:
        typer.echo(json.dumps(thing, ensure_ascii=False, default=str))


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _known_load(store: Store, load_id: int | None) -> int | None:
    if load_id is not None and next(ledger.list_loads(store, load_id), None) is None:
        raise CommandError(
            f"沒有編號 {load_id} 的載入；編號請看 python -m etl loads",
            f"load {load_id}: there is none; python -m etl loads lists them",
        )
    return load_id


@app.command()
def sample(
    certificates: Annotated[int, typer.Option(min=1, help="How many certificates.")],
    out: Annotated[Path, typer.Option(help="The folder to write into.", file_okay=False)],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same records.")] = 102,
    lang: LanguageOption = None,
) -> None:
    """Write sample records, in monthly deliveries, to load and try things with."""
    done = 0
    try:
        with progress_bar(language(lang)) as show:

            def progress(made: int) -> None:
                nonlocal done
                done += made
                show("sample", done / certificates)

            files = write_sample(out, certificates, seed, progress)
    except OSError as error:
        raise CommandError(
            f"{out}：寫不進去（{error.strerror}）；請換一個資料夾",
            f"{out}: cannot be written to ({error.strerror}); give another folder",
        ) from error
    except ValueError as error:
        raise CommandError(
            f"--certificates {certificates}：產生不了這麼多（{error}）；請減少",
            f"--certificates {certificates}: too many ({error}); give fewer",
        ) from error
    for file in files:
        typer.echo(f"{file.received}\t{file.feed}\t{file.path}")


@app.command("load")
def load_files(
    feed: Annotated[
        str, typer.Argument(metavar="FEED", help="What the files are: " + ", ".join(FEEDS) + ".")
    ],
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Loaded together: all of them or none.")
    ],
    store: StoreOption = None,
    cut_off: Annotated[
        str | None, typer.Option(help="Up to which day the records are complete.")
    ] = None,
    received: Annotated[
        str | None, typer.Option(help="When the files were received; by default today.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="They are the whole feed: what they lack is taken back.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="With --whole: also if they lack more than 5 %.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Load nothing if a row is rejected (exit 1).")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what a load would do, and do nothing.")
    ] = False,
    profile: Annotated[
        Path | None,
        typer.Option(help="How a foreign file's columns are to be read; see data/profiles/."),
    ] = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Load files into the store."""
    spoken = language(lang)
    checked_feed, cut_off_day = _feed(feed), _day("--cut-off", cut_off)
    received_on = _day("--received", received)
    failed: CommandError | None = None
    try:
        opened = open_store(store)
        with progress_bar(spoken) as progress, members(files) as (paths, names):
            results = load_also(
                opened,
                checked_feed,
                paths,
                names=names,
                by=_user(),
                now=datetime.now(UTC),
                received=received_on,
                cut_off=cut_off_day,
                whole=whole,
                most_taken_back=1.0 if yes else MOST_TAKEN_BACK,
                strict=strict,
                dry_run=dry_run,
                profile=None if profile is None else read_profile(profile),
                kept=kept_profiles(opened),
                progress=progress,
            )
    except RowsRejected as refused:
        results = refused.results
        rejected = sum(result.rejected for result in results)
        failed = CommandError(
            f"--strict：有 {rejected:,} 列被退回，沒有載入；請更正後再載入，或不加 --strict",
            f"--strict: {rejected:,} rows rejected, nothing loaded; mend them, or omit --strict",
            CHECK_FAILED,
        )
    if as_json:
        _print_json(result.as_json() for result in results)
    else:
        _print_lines(report.of_load(results, spoken))
    if failed:
        raise failed


@app.command("map")
def map_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of unknown headers.")],
    feed: Annotated[
        str | None, typer.Argument(metavar="[FEED]", help="What it is; by default the likeliest.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="PROFILE.toml", help="Write the suggestions into it.")
    ] = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Suggest which column of a file is which, for you to look at; nothing is loaded."""
    found = suggested(file, None if feed is None else _feed(feed))
    if out is not None:
        write_profile(out, profile_text(found.feed, file.stem, found.chosen))
    if as_json:
        _print_json([found.as_json()])
    else:
        _print_lines(report.of_suggestions(found, file, out, language(lang)))
    if lacking := [each.column for each in found.needed() if each.header is None]:
        zh = "、".join(found.feed.column(column).headers[0] for column in lacking)
        raise CommandError(
            f"{file}：看不出哪一欄是 {zh}；請自己寫進設定檔",
            f"{file}: no column looks like {', '.join(lacking)}; write it into the profile",
            CHECK_FAILED,
        )


@app.command()
def loads(
    store: StoreOption = None, as_json: JsonOption = False, lang: LanguageOption = None
) -> None:
    """What was loaded, when, by whom, and what became of the rows; the newest first."""
    entries = ledger.list_loads(open_store(store))
    if as_json:
        _print_json(entries)
    else:
        _print_lines(report.of_ledger(entries, language(lang)))


@app.command()
def rejects(
    load_id: Annotated[
        int | None, typer.Argument(metavar="[LOAD]", help="Only this load, by its number.")
    ] = None,
    store: StoreOption = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv|.xlsx", help="Write them into a file to mend and load."),
    ] = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Rows that were refused: which, and every reason why."""
    spoken = language(lang)
    opened = open_store(store)
    _known_load(opened, load_id)
    if out is not None:
        made = _write_rejects(opened, load_id, out)
        if as_json:
            _print_json(
                {"out": str(out), "feed": sheet.feed, "rows": len(sheet.rows)}
                for sheet in made.sheets
            )
        else:
            _print_lines(report.of_reject_file(out.name, made, spoken))
        return
    entries = ledger.list_rejects(opened, load_id)
    if as_json:
        _print_json(entries)
    else:
        _print_lines(report.of_rejects(entries, spoken))


def _write_rejects(store: Store, load_id: int | None, out: Path) -> RejectFile:
    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise CommandError(
            f"--out {out}：檔名要以 .csv 或 .xlsx 結尾", f"--out {out}: end it in .csv or .xlsx"
        )
    made = reject_file(store, load_id)
    content = made.as_csv() if out.suffix.lower() == ".csv" else made.as_xlsx()
    try:
        out.write_bytes(content)
    except OSError as error:
        raise CommandError(
            f"{out}：寫不進去（{error.strerror}）；請換一個位置",
            f"{out}: cannot be written ({error.strerror}); give another place",
        ) from error
    return made


@app.command()
def flagged(
    load_id: Annotated[
        int | None, typer.Argument(metavar="[LOAD]", help="Only rows that this load wrote last.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Rows that were kept in doubt: which, and why."""
    spoken = language(lang)
    opened = open_store(store)
    entries = ledger.list_flagged(opened, _known_load(opened, load_id))
    if as_json:
        _print_json(entries)
    else:
        _print_lines(report.of_flagged(entries, spoken))


@app.command()
def revert(
    load_ids: Annotated[
        list[int], typer.Argument(metavar="LOAD...", help="The loads, by their numbers.")
    ],
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Take loads back, the last or any others, as if they had never happened."""
    spoken, numbers = language(lang), sorted(set(load_ids))
    opened, by, now = open_store(store), _user(), datetime.now(UTC)
    with progress_bar(spoken) as progress:
        done = replay.revert(opened, numbers, by=by, now=now, progress=progress)
    if as_json:
        at = now.isoformat(timespec="seconds")
        _print_json([{"reverted": numbers, "at": at, "by": by, **done.as_json()}])
    else:
        _print_lines(report.of_revert(numbers, done, spoken))


@app.command()
def versions(
    store: StoreOption = None, as_json: JsonOption = False, lang: LanguageOption = None
) -> None:
    """Every version of the records: its loads, when they were received, rows by feed."""
    listed = open_store(store).versions()
    if as_json:
        _print_json(report.version_as_json(version) for version in listed)
    else:
        _print_lines(report.of_versions(listed, language(lang)))


@app.command()
def changes(
    before: Annotated[
        int | None, typer.Argument(metavar="[V1", help="A version's number, as `versions` has it.")
    ] = None,
    after: Annotated[
        int | None, typer.Argument(metavar="V2]", help="Another; by default the last two.")
    ] = None,
    store: StoreOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Every row, as one list of objects.")
    ] = False,
    lang: LanguageOption = None,
) -> None:
    """What came, went and changed between two versions, by feed."""
    opened = open_store(store)
    first, last = _two_versions(opened, before, after)
    if as_json:
        rows = (change.as_json() for change in opened.changes(first, last))
        _print_list(rows)
    else:
        _print_lines(report.of_changes(opened.change_counts(first, last), language(lang)))


def _two_versions(store: Store, before: int | None, after: int | None) -> tuple[str, str]:
    """Their names: those stated, else the last two; before the first there is nothing."""
    listed = store.versions()
    names = {version.number: version.name for version in listed} | {0: EMPTY_VERSION}
    if before is None or after is None:
        if before is not None:
            raise CommandError(
                "請寫兩個版本，或都不寫（比較最近兩次發布）",
                "state two versions, or none, which compares the last two publications",
            )
        last, previous, *_ = [*[version.name for version in listed[:2]], *2 * [EMPTY_VERSION]]
        return previous, last
    for number in (before, after):
        if number not in names:
            raise CommandError(
                f"沒有版本 {number}；python -m etl versions 會列出所有版本",
                f"version {number}: there is none; python -m etl versions lists them",
            )
    return names[before], names[after]


def _print_list(objects: Iterable[dict[str, Any]]) -> None:
    """One list, an object a line, however many."""
    typer.echo("[", nl=False)
    for number, thing in enumerate(objects):
        sign = "" if number == 0 else ",\n"
        typer.echo(sign + json.dumps(thing, ensure_ascii=False, default=str), nl=False)
    typer.echo("]")


@app.command()
def maintain(
    store: StoreOption = None, as_json: JsonOption = False, lang: LanguageOption = None
) -> None:
    """Put small files together, remove files that no version needs, and versions that may go."""
    spoken = language(lang)
    done = open_store(store).maintain(version_days())
    if as_json:
        _print_json([done.as_json()])
    else:
        _print_lines(report.of_maintenance(done, spoken))


@app.command()
def rebuild(
    store: StoreOption = None, as_json: JsonOption = False, lang: LanguageOption = None
) -> None:
    """Make the store again from the archived files alone."""
    spoken = language(lang)
    opened = open_store(store)
    with progress_bar(spoken) as progress:
        done = replay.rebuild(opened, progress=progress)
    if as_json:
        _print_json([done.as_json()])
    else:
        _print_lines(report.of_rebuild(done, spoken))


@app.command("copy")
def copy_store(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The URL of the store to copy.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The URL of an empty one.")],
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Copy a store to another place: archive, history, ledger and records, compared afterwards."""
    spoken = language(lang)
    opened = open_store(source), open_store(target)
    with progress_bar(spoken) as progress:
        done = copy(*opened, progress=progress)
    if as_json:
        _print_json([{"from": opened[0].url, "to": opened[1].url, **done.as_json()}])
    else:
        _print_lines(report.of_copy(done, spoken))


@app.command()
def upgrade(
    store: StoreOption = None, as_json: JsonOption = False, lang: LanguageOption = None
) -> None:
    """Make the tables in an empty database; bring an older store to this program's layout."""
    spoken = language(lang)
    opened = open_store(store)
    before, after = opened.upgrade()
    if before not in (None, after):
        with progress_bar(spoken) as progress:
            replay.rebuild(opened, progress=progress)
    if as_json:
        _print_json([{"before": before, "after": after}])
    else:
        _print_lines(report.of_upgrade(before, after, spoken))


@app.command()
def totals(
    store: StoreOption = None, as_json: JsonOption = False, lang: LanguageOption = None
) -> None:
    """Control totals against the records; exit 1 when one is off."""
    checked = check_totals(open_store(store))
    if as_json:
        _print_json(total.as_json() for total in checked)
    else:
        _print_lines(report.of_totals(checked, language(lang)))
    off = sum(total.is_off for total in checked)
    if off:
        raise CommandError(
            f"{off} 個控制總數不符；請檢查載入的單位和應用系統",
            f"{off} control totals are off; check the units and systems that were loaded",
            CHECK_FAILED,
        )


if __name__ == "__main__":
    run(app, "python -m etl")
