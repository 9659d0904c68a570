"""python -m adoption briefing: whole files or none, a month's set, a line for what is wrong."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from pptx import Presentation
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from adoption.__main__ import app
from adoption.briefing.asked import question_of, records_of
from adoption.briefing.files import KINDS, Order
from adoption.command import CommandError
from adoption.jobs.tables import feed_name
from adoption.language import Language
from adoption.metrics import Selection
from adoption.metrics.targets import targets_of
from adoption.store import Store
from tests.reference import Certificate, System, Unit
from tests.stores import store_of

ROOT = Path(__file__).resolve().parent.parent
AS_OF = date(2013, 9, 24)


@pytest.fixture(scope="module")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two systems, one of them new, and a certificate: quick to count."""
    return store_of(
        tmp_path_factory.mktemp("small"),
        [Unit("U1", "單位", "ministry", "government")],
        [
            System("S1", "U1", "舊系統", "線上申辦", integrated_on=date(2012, 5, 1)),
            System("S2", "U1", "新系統", "線上申辦", integrated_on=date(2013, 9, 2)),
        ],
        [Certificate("1", "04595257", issued_on=AS_OF, expires_on=date(2018, 9, 24))],
    )


def run(*arguments: str | Path, store: Store) -> str:
    """What the command prints. Raises CommandError."""
    given = ["briefing", *map(str, arguments), "--store", store.url, "--lang", "zh"]
    done = CliRunner().invoke(app, given, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.stdout


def ordered(store: Store, language: Language = "zh", **wanted: object) -> Order:
    question = question_of(store, Selection(AS_OF), language)
    return Order(
        question,
        store,
        records_of(store, feed_name),
        targets_of(store),
        **wanted,  # type: ignore[arg-type]
    )


def slide_texts(content: bytes) -> list[list[str]]:
    return [
        [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        for slide in Presentation(io.BytesIO(content)).slides
    ]


def cells(content: bytes) -> list[object]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]


def pdf_text(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


READ = {"pptx": slide_texts, "xlsx": cells, "ods": cells, "pdf": pdf_text}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_holds_what_the_page_s_download_holds(
    small_store: Store, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / f"簡報.{kind.upper()}"
    assert run("--out", out, store=small_store) == ""
    read = READ[kind]
    assert read(out.read_bytes()) == read(KINDS[kind].written(ordered(small_store)))  # type: ignore[operator]
    assert list(tmp_path.iterdir()) == [out]


def test_slides_are_chosen_and_ordered(sample_store: Store, tmp_path: Path) -> None:
    out = tmp_path / "deck.pptx"
    run("--out", out, "--slides", "standing, cover", "--compare", "2012-09-24", store=sample_store)
    keys = ("standing", "cover")
    chosen = ordered(sample_store, slides=keys, compared=date(2012, 9, 24)).chosen
    shown = slide_texts(out.read_bytes())
    assert [slide.title for slide in chosen.slides] == [texts[0] for texts in shown]
    assert len(shown) == 2


def test_the_day_and_the_other_day_are_those_that_are_asked_for(
    sample_store: Store, tmp_path: Path
) -> None:
    out = tmp_path / "handout.pdf"
    run("--out", out, "--as-of", "2012-12-31", "--compare", "2011-12-31", store=sample_store)
    said = pdf_text(out.read_bytes())
    assert "民國101年12月31日" in said
    assert "100/12/31" in said


def test_a_template_is_taken(sample_store: Store, tmp_path: Path) -> None:
    template = Presentation()
    template.slide_width = template.slide_width * 3 // 2
    template.save(str(tmp_path / "template.pptx"))
    out = tmp_path / "deck.pptx"
    arguments = ("--out", out, "--template", tmp_path / "template.pptx", "--slides", "standing")
    run(*arguments, store=sample_store)
    assert Presentation(str(out)).slide_width == template.slide_width


def refusal(*arguments: str | Path, store: Store) -> CommandError:
    with pytest.raises(CommandError) as refused:
        run(*arguments, store=store)
    assert "\n" not in refused.value.zh + str(refused.value)
    return refused.value


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--monthly"),
        (["--out", "a.pdf", "--monthly", "."], "--monthly"),
        (["--out", "briefing.docx"], ".pptx, .xlsx, .ods, .pdf"),
        (["--out", "briefing"], ".pptx, .xlsx, .ods, .pdf"),
        (["--out", "a.pptx", "--slides", "cover,nonsense"], "nonsense"),
        (["--out", "a.pptx", "--slides", ","], "standing"),
        (["--out", "a.pdf", "--slides", "cover"], "--slides"),
        (["--out", "a.pptx", "--as-of", "24/9/2013"], "--as-of 24/9/2013"),
        (["--out", "a.pptx", "--compare", "9999-12-31"], "--compare 9999-12-31"),
        (["--out", "a.pptx", "--template", "no/such.pptx"], "no/such.pptx"),
        (["--out", "no/such/folder/a.pdf"], "no/such/folder/a.pdf"),
        (["--monthly", "README.md/below"], "README.md"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    sample_store: Store, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    monkeypatch.chdir(ROOT)
    before = sorted(ROOT.iterdir())
    error = refusal(*arguments, store=sample_store)
    assert error.exit_code == 2
    assert says in error.zh
    assert says in str(error)
    assert sorted(ROOT.iterdir()) == before


@pytest.mark.parametrize("content", [b"", b"PK not a zip", b"%PDF-1.7"])
def test_a_template_that_is_none(sample_store: Store, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "template.pptx").write_bytes(content)
    out = tmp_path / "deck.pptx"
    arguments = ("--out", out, "--template", tmp_path / "template.pptx", "--slides", "cover")
    assert "範本不是 .pptx 檔" in refusal(*arguments, store=sample_store).zh
    assert not out.exists()


def test_without_records_there_is_nothing_to_brief(empty_store: Store, tmp_path: Path) -> None:
    error = refusal("--out", tmp_path / "a.pdf", store=empty_store)
    assert error.exit_code == 1
    assert list(tmp_path.glob("*.pdf")) == []


def test_a_file_stays_whole_when_the_new_one_cannot_be_written(
    sample_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "deck.pptx"
    out.write_text("the older one")
    whole = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        whole(path, content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    error = refusal("--out", out, "--slides", "cover", store=sample_store)
    assert "No space left on device" in error.zh
    assert [file.read_text() for file in tmp_path.iterdir()] == ["the older one"]


def names(folder: Path) -> Sequence[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_set_a_month_says_what_changed_since_the_last(small_store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "made" / "sets"
    first = run("--monthly", folder, "--as-of", "2013-06-30", store=small_store)
    assert names(folder) == [
        f"moeaca-briefing-2013-06-30.{kind}" for kind in ("ods", "pdf", "pptx", "xlsx")
    ]
    assert "自 102/05/30 以來" in first, "without a set before it, a month before"
    (folder / "moeaca-briefing-2099-01-01.pdf").touch()
    (folder / "moeaca-briefing-2013-06-30 (copy).pdf").touch()
    second = run("--monthly", folder, store=small_store)
    lines = second.splitlines()
    assert [Path(line).name for line in lines[:4]] == [
        f"moeaca-briefing-2013-09-24.{kind}" for kind in KINDS
    ]
    (slide,) = ordered(small_store, slides=["changes"], compared=date(2013, 6, 30)).chosen.slides
    assert lines[4:] == [slide.title, *slide.says]
    assert "自 102/06/30 以來" in slide.title
    said = pdf_text((folder / "moeaca-briefing-2013-09-24.pdf").read_bytes())
    assert slide.title.replace(" ", "") in "".join(said.split())


def test_a_set_that_is_there_is_left_alone_and_completed(
    small_store: Store, tmp_path: Path
) -> None:
    run("--monthly", tmp_path, store=small_store)
    deck, handout = (tmp_path / f"moeaca-briefing-2013-09-24.{kind}" for kind in ("pptx", "pdf"))
    deck.write_text("edited by hand")
    again = refusal("--monthly", tmp_path, store=small_store)
    assert again.exit_code == 1
    assert "2013-09-24" in again.zh
    handout.unlink()
    told = run("--monthly", tmp_path, store=small_store)
    assert told.splitlines()[0] == str(handout)
    assert deck.read_text() == "edited by hand"
    assert "新系統" in pdf_text(handout.read_bytes())


def test_from_the_shell(small_store: Store, tmp_path: Path) -> None:
    """As a cron line runs it: no terminal, little of an environment."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "adoption", "briefing", "--monthly", str(tmp_path)),
            *("--slides", "cover,standing,changes", "--lang", "en"),
        ],
        cwd=ROOT,
        env={"PATH": "", "ADOPTION_STORE": small_store.url, "PYTHONWARNINGS": "error"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Since 2013-08-24" in done.stdout
    assert zipfile.is_zipfile(tmp_path / "moeaca-briefing-2013-09-24.ods")
