"""The download under every chart."""

import pandas as pd

from adoption.pages.show import as_csv, as_text


def test_a_download_opens_in_excel_and_runs_nothing() -> None:
    rows = pd.DataFrame({"單位": ["=1+1", "@x", "示範單位"], "系統數": [1, -2, 3]})
    assert as_csv(rows).decode("utf-8-sig") == "單位,系統數\n'=1+1,1\n'@x,-2\n示範單位,3\n"
    assert as_csv(rows).startswith(b"\xef\xbb\xbf")


def test_names_from_data_are_not_read_as_markdown() -> None:
    assert as_text("M05:*示範* [x](http://y)") == "M05\\:\\*示範\\* \\[x\\](http\u2060\\://y)"
    # An address alone would become a link, too.
    assert as_text("WWW.x.tw a@b.tw") == "WWW\u2060.x.tw a\u2060@b.tw"
