"""What a command says to a person: short lines in one language. Programs use --json instead."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from adoption.command import as_argument
from adoption.language import Language, Text
from adoption.store import Version
from adoption.store.upkeep import Maintained
from etl.commit.account import told, told_of_unknown
from etl.commit.result import FileResult
from etl.commit.totals import TotalCheck
from etl.files.account import account_text, hidden_text, left_out_text
from etl.history import corrections
from etl.history.copy import Copied
from etl.history.reject_file import RejectFile
from etl.history.replay import Replay
from etl.mapping.feeds import FEEDS
from etl.mapping.profile import stored_profile
from etl.mapping.suggestions import Suggestions


def of_load(results: Sequence[FileResult], language: Language) -> Iterator[str]:
    """What became of each file, the load's number, then the control totals."""
    for result in results:
        yield from _of_file(result, language)
    loads = list(dict.fromkeys(result.load for result in results if result.load is not None))
    load = ", ".join(map(str, loads)) if loads else None
    if load is None:
        yield Text("資料庫沒有變動", "the store is as it was").in_language(language)
    else:
        yield Text(f"已發布，載入編號 {load}", f"published as load {load}").in_language(language)
    if results:
        of_loads = {(result.feed, result.load): result for result in results}.values()
        cleared, again = (
            sum(getattr(r, name) for r in of_loads) for name in ("cleared", "refused_again")
        )
        yield from of_returned(cleared, again, language, is_loaded=load is not None)
    for said in told_of_unknown(results[0].as_json()) if results else ():
        yield said.in_language(language)
    yield from of_totals(results[0].totals if results else [], language, only_off=True)


def of_returned(
    cleared: int, refused_again: int, language: Language, *, is_loaded: bool = True
) -> Iterator[str]:
    """What became, or would become, of the rejects of earlier loads that came back; nothing where
    none did."""
    came = cleared + refused_again
    zh, en = ("已更正", "are mended now") if is_loaded else ("可更正", "would be mended")
    if refused_again:
        yield Text(
            f"先前退回的 {came:,} 列中 {cleared:,} 列{zh}，{refused_again:,} 列仍退回",
            f"of {came:,} earlier rejects {cleared:,} {en}, {refused_again:,} rejected again",
        ).in_language(language)
    elif cleared:
        yield Text(
            f"先前退回的 {cleared:,} 列{zh}", f"earlier rejects that {en}: {cleared:,}"
        ).in_language(language)


def of_restored(
    count: int, cells: Sequence[Mapping[str, Any]], language: Language
) -> Iterator[str]:
    """Which cells of mended rows are read as they were, as a program had changed them."""
    if not count:
        return
    zh = "、".join(
        f"第 {c['row']} 列「{c['header']}」{c['returned']}→{c['original']}" for c in cells[:5]
    )
    en = ", ".join(
        f"row {c['row']} {c['header']} {c['returned']} → {c['original']}" for c in cells[:5]
    )
    more = "…" if count > 5 else ""
    yield Text(
        f"  還原 {count:,} 格：原本沒有錯，是試算表改掉的：{zh}{more}",
        f"  restored {count:,} cells that were not in error and a spreadsheet changed: {en}{more}",
    ).in_language(language)


def _of_file(result: FileResult, language: Language) -> Iterator[str]:
    feed = FEEDS[result.feed].zh
    recognised = " ".join(filter(None, (result.format, result.encoding)))
    inside = "".join(
        f"{sign}{part}" for sign, part in ((" > ", result.entry), (" > ", result.sheet)) if part
    )
    yield Text(
        f"{result.file}{inside}：{feed}，{recognised}，"
        + (f"標題在第 {result.header_row} 列" if result.header_row else "沒有標題列"),
        f"{result.file}{inside}: {result.feed}, {recognised}, "
        + (f"header in row {result.header_row}" if result.header_row else "no header row"),
    ).in_language(language)
    yield Text(
        f"  讀入 {result.read:,} = 新增或更新 {result.kept:,} + 相同 {result.unchanged:,}"
        f" + 重複 {result.duplicate:,} + 退回 {result.rejected:,}；標記 {result.flagged:,}"
        f"（{result.seconds:.1f} 秒）",
        f"  read {result.read:,} = kept {result.kept:,} + unchanged {result.unchanged:,}"
        f" + duplicate {result.duplicate:,} + rejected {result.rejected:,};"
        f" flagged {result.flagged:,} ({result.seconds:.1f} s)",
    ).in_language(language)
    if result.profile:
        title = stored_profile(result.profile, "").title
        yield Text(
            f"  依設定檔「{title.zh}」讀取", f"  read by the profile “{title.en}”"
        ).in_language(language)
    yield f"  {account_text(result.account.as_json()).in_language(language)}"
    if result.rejects_left_out:
        yield f"  {left_out_text(result.rejects_left_out).in_language(language)}"
    if result.hidden_rows:
        yield f"  {hidden_text(result.hidden_rows).in_language(language)}"
    if result.taken_back:
        keys = "、".join(" ".join(map(str, key.values())) for key in result.taken_back_keys[:20])
        more = "…" if result.taken_back > 20 else ""
        yield Text(
            f"  檔案裡沒有而收回 {result.taken_back:,} 列：{keys}{more}",
            f"  taken back, as the files lack them: {result.taken_back:,} rows: {keys}{more}",
        ).in_language(language)
    if result.skipped:
        rows = "、".join(f"第 {r['row']} 列（{r['zh']}）" for r in result.skipped_rows[:20])
        rows_en = ", ".join(f"{r['row']} ({r['en']})" for r in result.skipped_rows[:20])
        more = "…" if result.skipped > 20 else ""
        yield Text(
            f"  略過 {result.skipped:,} 列，不是資料：{rows}{more}",
            f"  skipped {result.skipped:,} rows that are no records: {rows_en}{more}",
        ).in_language(language)
    yield from of_restored(result.restored, result.restored_cells, language)
    if result.unread_sheets:
        others = "、".join(result.unread_sheets)
        yield Text(f"  沒有讀的工作表：{others}", f"  sheets not read: {others}").in_language(
            language
        )
    if result.dropped:
        names = "、".join(result.dropped)
        yield Text(
            f"  疑似個人資料，未讀取：{names}", f"  look personal, not read: {names}"
        ).in_language(language)
    if result.ignored:
        names = "、".join(result.ignored)
        yield Text(f"  用不到的欄位：{names}", f"  columns not used: {names}").in_language(language)
    for said in told(result.as_json()):
        yield f"  {said.in_language(language)}"
    if result.reasons:
        counts = ", ".join(f"{code} {count:,}" for code, count in sorted(result.reasons.items()))
        yield Text(
            f"  退回原因：{counts}；逐列請看 python -m etl rejects",
            f"  rejected for: {counts}; row by row: python -m etl rejects",
        ).in_language(language)


def of_suggestions(
    found: Suggestions, file: Path, out: Path | None, language: Language
) -> Iterator[str]:
    """A line a column: which header, and why; then what to do with the profile."""
    feed, head = found.feed, found.head
    inside = f" > {head.sheet}" if head.sheet else ""
    yield Text(
        f"{head.name}{inside}：{feed.zh}，標題在第 {head.header_row} 列；建議的對應：",
        f"{head.name}{inside}: {feed.name}, header in row {head.header_row}; suggested:",
    ).in_language(language)
    for each in found.columns:
        if each.header is None and each not in found.needed():
            continue
        header = each.header or Text("（找不到）", "(none)").in_language(language)
        why = (
            Text("；", "; ")
            .in_language(language)
            .join(r.in_language(language) for r in each.reasons)
        )
        called = feed.column(each.column).headers[0]
        yield Text(
            f"  {called}（{each.column}） ← {header}　{why}", f"  {each.column} <- {header}  {why}"
        ).in_language(language)
    if out is not None:
        load = f"python -m etl load {feed.name} {as_argument(file)} --profile {as_argument(out)}"
        yield Text(
            f"已寫入 {out}；看過、改對之後執行 {load}",
            f"written to {out}; look at it, correct it, then {load}",
        ).in_language(language)


def of_totals(
    totals: Sequence[TotalCheck], language: Language, *, only_off: bool = False
) -> Iterator[str]:
    """A line for each control total, or (`only_off`) for each that the records do not reproduce."""
    off = [total for total in totals if total.is_off]
    for total in off if only_off else totals:
        where = f"{total.metric} {total.scope} {total.measure} {total.as_of}"
        if total.difference is None or total.actual is None:
            yield Text(f"{where}：此處無法核對", f"{where}: not comparable here").in_language(
                language
            )
            continue
        yield Text(
            f"{where}：應為 {total.expected:g}，資料為 {total.actual:g}"
            f"（差 {total.difference:+g}）",
            f"{where}: expected {total.expected:g}, the records give {total.actual:g}"
            f" ({total.difference:+g})",
        ).in_language(language)
    if not off:
        yield Text("控制總數相符", "control totals agree").in_language(language)


def of_ledger(entries: Iterator[Mapping[str, Any]], language: Language) -> Iterator[str]:
    """A line a file, the newest load first."""
    empty = True
    for entry in entries:
        empty = False
        cut_off = entry["cut_off"] or "-"
        yield Text(
            f"{entry['load']}  {entry['loaded_at']}  {FEEDS[entry['feed']].zh}  {entry['file']}  "
            f"讀入 {entry['read']:,} 新增或更新 {entry['kept']:,} 相同 {entry['unchanged']:,} "
            f"重複 {entry['duplicate']:,} 退回 {entry['rejected']:,} 標記 {entry['flagged']:,}  "
            f"收件 {entry['received']}  統計截止 {cut_off}  "
            f"{entry['loaded_by']}{_reverted(entry).zh}",
            f"{entry['load']}  {entry['loaded_at']}  {entry['feed']}  {entry['file']}  "
            f"read {entry['read']:,} kept {entry['kept']:,} unchanged {entry['unchanged']:,} "
            f"duplicate {entry['duplicate']:,} rejected {entry['rejected']:,} "
            f"flagged {entry['flagged']:,}  received {entry['received']}  cut-off {cut_off}  "
            f"{entry['loaded_by']}{_reverted(entry).en}",
        ).in_language(language)
    if empty:
        yield Text("還沒有載入過資料", "nothing has been loaded yet").in_language(language)


def _reverted(entry: Mapping[str, Any]) -> Text:
    at, by = entry["reverted_at"], entry["reverted_by"]
    if at is None:
        return Text("", "")
    return Text(f"  已於 {at} 由 {by} 撤回", f"  reverted at {at} by {by}")


def of_rejects(entries: Iterator[Mapping[str, Any]], language: Language) -> Iterator[str]:
    """A line a refused row, with all its reasons."""
    empty = True
    for entry in entries:
        empty = False
        reasons = "；".join(r["zh"] for r in entry["reasons"])
        if language == "en":
            reasons = "; ".join(r["en"] for r in entry["reasons"])
        yield Text(
            f"{_place(entry)} 第 {entry['row']} 列：{reasons}",
            f"{_place(entry)} row {entry['row']}: {reasons}",
        ).in_language(language)
    if empty:
        yield Text("沒有退回的資料列", "no rejected rows").in_language(language)


def _place(entry: Mapping[str, Any]) -> str:
    return " > ".join(filter(None, (entry["file"], entry["sheet"])))


def of_reject_file(name: str, made: RejectFile, language: Language) -> Iterator[str]:
    """What was written, and what to do with it: a line a feed."""
    for sheet in made.sheets:
        load = f"python -m etl load {sheet.feed} {as_argument(name)}"
        of_feed = Text(f"{sheet.name} ", f"{sheet.feed} ") if len(made.sheets) > 1 else Text("", "")
        yield Text(
            f"{name}：{of_feed.zh}{len(sheet.rows):,} 列；更正後請執行 "
            f"{load}（「{corrections.NUMBER}」欄請勿更動）",
            f"{name}: {of_feed.en}{len(sheet.rows):,} rows; mend them (not the column "
            f"{corrections.NUMBER}), then {load}",
        ).in_language(language)


def of_flagged(entries: Iterator[Mapping[str, Any]], language: Language) -> Iterator[str]:
    """A line a kept row that is in doubt, with what for."""
    empty = True
    for entry in entries:
        empty = False
        key = " ".join(str(part) for part in entry["key"].values())
        zh = "；".join(reason["zh"] for reason in entry["reasons"])
        en = "; ".join(reason["en"] for reason in entry["reasons"])
        feed = FEEDS[entry["feed"]]
        yield Text(f"{feed.zh} {key}：{zh}", f"{feed.name} {key}: {en}").in_language(language)
    if empty:
        yield Text("沒有標記的資料列", "no flagged rows").in_language(language)


def of_revert(load_ids: Sequence[int], done: Replay, language: Language) -> Iterator[str]:
    """That they are taken back, and which later loads were done again."""
    zh, en = "、".join(map(str, load_ids)), ", ".join(map(str, load_ids))
    loads = "load" if len(load_ids) == 1 else "loads"
    yield Text(
        f"載入 {zh} 已撤回，資料如同不曾載入；載入紀錄仍保留",
        f"{loads} {en} reverted, as if never loaded; still in the ledger",
    ).in_language(language)
    yield from _of_replay(done, language)


def version_as_json(version: Version) -> dict[str, Any]:
    return {
        "version": version.number,
        "name": version.name,
        "snapshot": version.snapshot,
        **version.publication.as_json(),
        "rows": dict(version.rows),
    }


def of_versions(versions: Sequence[Version], language: Language) -> Iterator[str]:
    """A line a version, the newest first."""
    for version in versions:
        said = version.publication
        loads = ", ".join(map(str, said.loads)) or "-"
        rows = " ".join(f"{feed} {count:,}" for feed, count in version.rows.items() if count)
        kind = Text("撤回", "revert of") if said.kind == "revert" else Text("載入", "load")
        yield Text(
            f"{version.number}  收件 {said.received}  {kind.zh} {loads}  快照 {version.snapshot}  "
            f"{said.at}  {said.by}  {rows}",
            f"{version.number}  received {said.received}  {kind.en} {loads}  snapshot "
            f"{version.snapshot}  {said.at}  {said.by}  {rows}",
        ).in_language(language)
    if not versions:
        yield Text("還沒有任何版本", "there is no version yet").in_language(language)


def of_changes(counts: Mapping[str, Mapping[str, int]], language: Language) -> Iterator[str]:
    """A line a feed of which rows are different."""
    is_same = True
    for feed, count in counts.items():
        if not any(count.values()):
            continue
        is_same = False
        yield Text(
            f"{FEEDS[feed].zh}：新增 {count['came']:,}、更正 {count['changed']:,}、"
            f"收回 {count['went']:,}",
            f"{feed}: came {count['came']:,}, changed {count['changed']:,}, went {count['went']:,}",
        ).in_language(language)
    if is_same:
        yield Text("兩個版本的資料相同", "the records are the same in both").in_language(language)


def of_maintenance(done: Maintained, language: Language) -> Iterator[str]:
    yield Text(
        f"合併了 {done.merged} 個資料表的小檔案，移除 {done.removed} 個不再需要的檔案，"
        f"刪除 {done.expired} 個過期版本",
        f"small files of {done.merged} tables merged, {done.removed} files removed that nothing "
        f"needs, {done.expired} versions expired",
    ).in_language(language)


def of_rebuild(done: Replay, language: Language) -> Iterator[str]:
    yield Text("資料庫已從封存檔重建", "the store is made again from the archive").in_language(
        language
    )
    yield from _of_replay(done, language)


def of_copy(done: Copied, language: Language) -> Iterator[str]:
    """A line a table with its count and checksum, then the archive."""
    for part in done.tables:
        yield Text(
            f"{part.table}：{part.rows:,} 列，SHA-256 {part.sha256[:16]}…，相符",
            f"{part.table}: {part.rows:,} rows, SHA-256 {part.sha256[:16]}…, equal",
        ).in_language(language)
    yield Text(
        f"封存檔：{done.files:,} 個，{done.bytes:,} 位元組，逐檔核對 SHA-256 相符",
        f"archive: {done.files:,} files, {done.bytes:,} bytes, each compared by its SHA-256",
    ).in_language(language)
    yield Text("已複製並發布", "copied and published").in_language(language)


def of_upgrade(before: str | None, after: str, language: Language) -> Iterator[str]:
    if before == after:
        said = Text(f"已是最新的結構（{after}）", f"the layout is up to date ({after})")
    elif before is None:
        said = Text(f"資料庫可以使用了（結構 {after}）", f"the store is ready (layout {after})")
    else:
        said = Text(
            f"已從結構 {before} 升級到 {after}，資料都在",
            f"upgraded from layout {before} to {after}, with all that was in it",
        )
    yield said.in_language(language)


def _of_replay(done: Replay, language: Language) -> Iterator[str]:
    if again := sorted({result.load for result in done.results if result.load}):
        zh, en = "、".join(map(str, again)), ", ".join(map(str, again))
        yield Text(f"重做的載入：{zh}", f"loads done again: {en}").in_language(language)
    if done.changed:
        listed = "、".join(map(str, done.changed))
        yield Text(
            f"列數與原先不同的載入：{listed}；請看 python -m etl loads",
            f"loads with other counts than before: {listed}; see python -m etl loads",
        ).in_language(language)
    yield from of_totals(done.totals, language, only_off=True)
