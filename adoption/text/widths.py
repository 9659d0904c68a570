"""How wide text is in a column of a spreadsheet, of any script."""

import unicodedata


def width(text: str) -> int:
    """In digits: a Chinese character is as wide as two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(each) in "WFA" else 1 for each in text)
