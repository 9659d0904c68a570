"""How much text is expected to fit, and what happens to what does not."""

import pytest

from adoption.briefing.content import Table
from adoption.briefing.deck.tables import pages_of
from adoption.text.fit import ems, fitting_size, height_of, line_count


@pytest.mark.parametrize(
    ("text", "most", "lines"),
    [
        ("", 5, 1),
        ("五個字一行", 5, 1),
        ("五個字一行多", 5, 2),  # Chinese breaks anywhere
        ("two words", 3.5, 2),  # English at a space
        ("unbreakable", 2.5, 3),  # and a word that is longer than a line where the line ends
        ("中文 and English 混排", 7, 2),
    ],
)
def test_lines(text: str, most: float, lines: int) -> None:
    assert line_count(text, most) == lines


def test_letters_are_narrower_than_characters() -> None:
    assert ems("憑證") == 2
    assert ems("iiii") < ems("aaaa") < ems("AAAA") < ems("憑證憑證")


def test_chinese_lines_are_higher() -> None:
    assert height_of(["憑證"], 20, 5) > height_of(["text"], 20, 5)
    assert height_of(["憑證"] * 3, 20, 5) == pytest.approx(3 * height_of(["憑證"], 20, 5))


def test_letters_become_smaller_until_they_fit_or_are_the_smallest() -> None:
    sizes = (20, 18, 16, 14)
    assert fitting_size(["短"], 3, 1, sizes) == 20
    found = fitting_size(["一段比較長的文字，放不進一行" * 4], 5, 1, sizes)
    assert found in (16, 18)
    assert fitting_size(["長" * 500], 5, 1, sizes) == 14


def test_a_long_table_goes_on_in_parts_of_about_the_same_length() -> None:
    rows = tuple((f"名詞{number}", "很長的定義，" * 15) for number in range(12))
    table = Table("名詞定義", ("名詞", "定義"), rows)
    parts = pages_of(table, 12, 5)
    assert tuple(row for part in parts for row in part.rows) == rows
    counts = [len(part.rows) for part in parts]
    assert len(parts) > 1
    assert max(counts) - min(counts) <= 1
    assert pages_of(table, 12, 100) == [table]
