"""python -m adoption: the numbers of the dashboard on the command line."""

import csv
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from adoption.command import CHECK_FAILED, FIRST_DAY, CommandError, day_of, language, run
from adoption.formats import day_text
from adoption.ics import peaks_file
from adoption.language import Text, say
from adoption.metrics import METRICS, Metric, Selection, data_cut_off, evaluate, has_sample_records
from adoption.metrics.document import as_markdown
from adoption.publication import briefing
from adoption.store import EMPTY_VERSION, Snapshot, open_store
from adoption.text.formulas import harmless

_PATTERNS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}

app = typer.Typer(no_args_is_help=False, add_completion=False, help=__doc__)
app.command()(briefing)


@app.command()
def metrics(
    markdown: Annotated[bool, typer.Option(help="docs/metrics.md, made from the metrics.")] = False,
) -> None:
    """List every metric: its key, columns and titles."""
    if markdown:
        typer.echo(as_markdown(METRICS.values()), nl=False)
        return
    for metric in METRICS.values():
        columns = ", ".join(column.name for column in metric.columns)
        typer.echo(f"{metric.key}: {columns}\n    {metric.title.zh} / {metric.title.en}")


@app.command()
def metric(
    key: Annotated[str, typer.Argument(help="One of the keys that `metrics` lists.")],
    as_of: Annotated[str | None, typer.Option(help="YYYY-MM-DD; default: the data's own.")] = None,
    known_on: Annotated[
        str | None, typer.Option(help="YYYY-MM-DD: as known then; default: all that is known.")
    ] = None,
    store: Annotated[str | None, typer.Option(help="lake:///FOLDER")] = None,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How far ahead to look.")] = 90,
    as_json: Annotated[bool, typer.Option("--json", help="A list of objects.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma separated, with a header.")] = False,
) -> None:
    """Print the rows of a metric as of a day."""
    if key not in METRICS:
        known = ", ".join(METRICS)
        raise CommandError(
            f"沒有「{key}」這個指標；可用的指標：{known}", f"no metric {key!r}; there are {known}"
        )
    if as_json and as_csv:
        raise CommandError("--json 與 --csv 只能擇一", "choose either --json or --csv")
    until = None if known_on is None else day_of("--known-on", known_on)
    opened = Snapshot.known_on(open_store(store), until)
    if until is not None and opened.version == EMPTY_VERSION:
        said = Text(f"在 {until} 以前還沒有任何資料", f"no records were known on {until}")
        typer.echo(said.in_language(language()), err=True)
    day = data_cut_off(opened) if as_of is None else day_of("--as-of", as_of)
    # An empty store has no day of its own to ask about, and nothing to count.
    rows = (
        []
        if day is None
        else _rows(METRICS[key], evaluate(opened, METRICS[key], Selection(day, days=days)))
    )
    if rows and has_sample_records(opened):
        typer.echo("示範資料 / sample data", err=True)
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        _print(METRICS[key], rows, "," if as_csv else "\t")


@app.command()
def calendar(
    out: Annotated[Path, typer.Option(help="The .ics file to write.")],
    as_of: Annotated[str | None, typer.Option(help="YYYY-MM-DD; default: the data's own.")] = None,
    store: Annotated[str | None, typer.Option(help="lake:///FOLDER")] = None,
    lang: Annotated[str | None, typer.Option(help="zh or en; $ADOPTION_LANG, else zh.")] = None,
) -> None:
    """Write the peaks of expiry in the year ahead as an iCalendar file."""
    opened, tell = Snapshot.of(open_store(store)), language(lang)
    day = data_cut_off(opened) if as_of is None else day_of("--as-of", as_of)
    selection = Selection(day or FIRST_DAY)
    busiest = evaluate(opened, METRICS["busiest_days"], selection)
    if not busiest["peak"].any():
        raise CommandError(
            "未來一年沒有到期高峰日，未寫出檔案",
            "the year ahead has no peak of expiries; nothing was written",
            CHECK_FAILED,
        )
    source = say(tell, "As of {day}", day=day_text(selection.as_of, tell))
    if has_sample_records(opened):
        source = f"{source} · {say(tell, 'Sample data')}"
    try:
        out.write_bytes(peaks_file(busiest, selection, tell, source))
    except OSError as error:
        raise CommandError(
            f"無法寫入 {out}：{error.strerror}；請另選位置",
            f"cannot write {out}: {error.strerror}; choose another place",
        ) from error


def _rows(metric: Metric, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Years as 2013, months as 2013-09, days as 2013-09-24, counts as whole numbers, shares as
    fractions; None where there is nothing to say."""
    for column in metric.columns:
        if column.kind in _PATTERNS:
            frame[column.name] = frame[column.name].dt.strftime(_PATTERNS[column.kind])
    present = frame.astype(object).where(frame.notna(), None)
    rows: list[dict[str, Any]] = present.to_dict("records")
    return rows


def _print(metric: Metric, rows: list[dict[str, Any]], delimiter: str) -> None:
    names = [column.name for column in metric.columns]
    writer = csv.DictWriter(sys.stdout, names, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows([{name: harmless(cell) for name, cell in row.items()} for row in rows])


if __name__ == "__main__":
    run(app, "python -m adoption")
