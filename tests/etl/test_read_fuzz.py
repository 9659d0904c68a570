"""Damaged files of every format: only UnreadableFile ever escapes from reading, and it never hangs.

SOAK=20 multiplies how many examples are tried.
"""

import os
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.files import limits
from etl.mapping.feeds import FEEDS
from etl.mapping.headers import UnreadableFile
from etl.mapping.profile import parse_profile
from etl.mapping.source_file import batches, describe
from tests.etl.files import CERTIFICATES, GOOD, write
from tests.etl.workbooks import WRITERS, gzipped, zipped

SOAK = int(os.environ.get("SOAK") or 1)
ENOUGH_SECONDS = 60
FEED = FEEDS["certificates"]
LINES = [
    "工商憑證清冊",
    "製表日期：102/9/24",
    CERTIFICATES + ",備註",
    *[GOOD + ",無"] * 20,
    GOOD + ",a@b.tw",
]
PROFILE = parse_profile(
    (Path(__file__).parents[2] / "data" / "profiles" / "openssl-index.toml").read_text("utf-8"), "p"
)
INDEX = "V\t131001155959Z\t\t1A\tunknown\t/L=\\xE8\\x87\\xBA/serialNumber=04595257"


def fuzzed(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return settings(
        max_examples=examples * SOAK,
        deadline=None,
        database=None,
        derandomize=SOAK == 1,
        suppress_health_check=list(HealthCheck),
    )


@cache
def seeds() -> dict[str, bytes]:
    """A good file of every format."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        found = {
            codec: write(path, *LINES, encoding=codec).read_bytes()
            for codec in ("utf-8", "utf-8-sig", "utf-16", "cp950")
        }
        found["gz"] = gzipped(path).read_bytes()
        found["zip"] = zipped(path).read_bytes()
        found["index"] = write(path, *[INDEX] * 20).read_bytes()
        rows = [line.split(",") for line in LINES[2:]]
        for kind, writer in WRITERS.items():
            found[kind] = writer(Path(folder) / kind, {"清冊": rows}).read_bytes()
        found["xlsx.zip"] = zipped(Path(folder) / "xlsx").read_bytes()
    return found


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "drop", "insert", "repeat", "swap"]),
        st.floats(0, 1, exclude_max=True),
        st.integers(1, 64),
        st.binary(min_size=1, max_size=12)
        | st.sampled_from(
            [b'"', b"\n", b"\r", b"\x00", b"\xff", b"\xef\xbb\xbf", b"PK\x05\x06", b",", b"\t"]
        ),
    ),
    min_size=1,
    max_size=6,
)


def damaged(content: bytes, changes: list[tuple[str, float, int, bytes]]) -> bytes:
    for how, where, size, added in changes:
        at = int(where * len(content))
        match how:
            case "flip":
                content = content[:at] + added + content[at + len(added) :]
            case "cut":
                content = content[: at + 1]
            case "drop":
                content = content[:at] + content[at + size :]
            case "insert":
                content = content[:at] + added + content[at:]
            case "repeat":
                content = content[:at] + content[at : at + size] * size + content[at + size :]
            case _:
                content = content[at:] + content[:at]
    return content


def read(content: bytes, kind: str = "") -> None:
    """Read all of it, as a load does; a refusal says why in both languages."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(content)
        started = time.monotonic()
        numbers: list[int] = []
        refused = refusal_of(lambda: numbers.extend(row_numbers(path, kind)))
        assert refused is None or is_one_line(refused)
        assert numbers == sorted(set(numbers))
        assert time.monotonic() - started < ENOUGH_SECONDS


def row_numbers(path: Path, kind: str) -> list[int]:
    source = describe(path, FEED, PROFILE if kind == "index" else None)
    return [n for batch in batches(source) for n in batch.rows.column(0).to_pylist()]


def refusal_of(action: Callable[[], object]) -> UnreadableFile | None:
    """Any other error passes, and fails the test."""
    try:
        action()
    except UnreadableFile as refused:
        return refused
    return None


def is_one_line(refused: UnreadableFile) -> bool:
    return bool(refused.zh and refused.en) and not {"\n", "\r"} & set(refused.zh + refused.en)


@pytest.mark.parametrize("kind", ["utf-8", "utf-8-sig", "utf-16", "cp950", "gz", "zip", "index"])
def test_damaged_text(kind: str) -> None:
    @fuzzed(150)
    @given(CHANGES)
    def run(changes: list[tuple[str, float, int, bytes]]) -> None:
        read(damaged(seeds()[kind], changes), kind)

    run()


@pytest.mark.parametrize("kind", [*WRITERS, "xlsx.zip"])
def test_damaged_tables(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CPU_SECONDS", 20)

    # Each takes a child process or two.
    @fuzzed(20)
    @given(CHANGES)
    def run(changes: list[tuple[str, float, int, bytes]]) -> None:
        read(damaged(seeds()[kind], changes))

    run()


@fuzzed(150)
@given(st.binary(max_size=400))
def test_any_bytes(content: bytes) -> None:
    read(content)


@fuzzed(150)
@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16"]))
def test_any_text_below_a_good_header(text: str, codec: str) -> None:
    read(f"{CERTIFICATES}\n{text}".encode(codec, "replace"))


@fuzzed(150)
@given(st.text(max_size=300))
def test_any_text_as_a_profile(text: str) -> None:
    for start in ("", 'feed = "certificates"\n', 'feed = "certificates"\n[columns.card]\n'):
        written = start + text
        refused = refusal_of(lambda said=written: parse_profile(said, "p.toml"))
        assert refused is None or is_one_line(refused)
