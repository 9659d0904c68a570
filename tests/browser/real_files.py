"""Three files as offices really send them, with all that goes wrong on the way."""

from datetime import date
from pathlib import Path

import xlsxwriter

from tests.etl.files import CERTIFICATES, GOOD, certificate

# What the CSV holds, row by row, and why it is there.
_CSV_ROWS = [
    GOOD,
    certificate("A2", 縣市="台北市", 核發日期="0971001", 到期日期="民國102年10月1日"),
    certificate("A3", 縣市="臺中巿", 核發日期="97.10.01"),  # U+5DFF, which looks like 市
    certificate("A4", 縣市="台北县"),  # cp950 has no 县: written as ?
    certificate("A5", 統一編號="4595257", 核發日期="2008-10-01"),  # the zero in front is lost
    certificate("A6", 核發日期="97/13/1"),
    certificate("A7", 縣市="月球"),
    certificate("A1", 縣市="高雄市"),  # the first once more, and it differs
]


def cp950_csv(folder: Path) -> Path:
    """From an old system in Taiwan: cp950, ROC days, 臺 and 台, a date above, a total below."""
    path = folder / "核發清冊.csv"
    rows = ["製表日期：102/9/24", CERTIFICATES, *_CSV_ROWS, "總計,8" + "," * 9]
    path.write_bytes("\r\n".join(rows).encode("cp950", "replace"))
    return path


def hand_edited_xlsx(folder: Path) -> Path:
    """As somebody keeps it by hand: titles, merged header cells, numbers for text, subtotals."""
    path = folder / "各縣市核發.xlsx"
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy/m/d"})
    sheet = book.add_worksheet("102年9月")
    sheet.merge_range("A1:I1", "工商憑證核發清冊")
    sheet.write("A2", "製表日期：102/9/24")
    for place, title in enumerate(("憑證序號", "統一編號", "組織別", "縣市", "卡別")):
        sheet.merge_range(2, place, 3, place, title)
    sheet.merge_range("F3:G3", "日期")
    sheet.write_row("F4", ("核發", "到期"))
    sheet.merge_range("H3:H4", "聯絡人")
    sheet.merge_range("I3:I4", "備註")
    rows: list[list[str | float | date]] = [
        [
            "B1",
            22099131.0,
            "公司",
            "臺北市",
            "正卡",
            date(2008, 10, 1),
            date(2013, 10, 1),
            "王小明",
        ],
        ["B2", 4595257.0, "公司", "台北市", "正卡", "97/10/1", "102/10/1", "李大同"],
        ["B3", "22099131.0", "公司", "臺北市", "附卡", 971001.0, "1021001", "林中", "補發"],
        ["臺北市小計", 3.0],
        [],
        ["B4", "ABC", "公司", "高雄市", "正卡", "97/10/1", "102/10/1", "陳三"],
        ["B5", "04595257", "有限公司", "高雄市", "金卡", "97/10/1", "102/10/1", "趙五"],
        ["總計", 5.0],
        ["※ 本表僅供內部使用"],
    ]
    for number, cells in enumerate(rows, 4):
        sheet.write_row(number, 0, cells)
    book.add_worksheet("填表說明").write("A1", "請依縣市填寫，每月十日前送出")
    book.close()
    return path


def openssl_index(folder: Path) -> Path:
    """The ledger of an OpenSSL CA: no header, days in UTC, names in escaped bytes."""

    def subject(holder: str, county: str) -> str:
        escaped = "".join(f"\\x{byte:02X}" for byte in county.encode())
        return f"/C=TW/O=MOEACA/L={escaped}/serialNumber={holder}"

    lines = [
        ("V", "131001155959Z", "", "1A2B", subject("04595257", "臺北市")),
        ("V", "131001160000Z", "", "1E10", subject("22099131", "台中市")),  # past midnight here
        ("R", "131001155959Z", "120101000000Z,superseded", "1A2D", subject("04595257", "高雄市")),
        ("E", "120229100000Z", "", "1A2E", subject("12345678", "桃園縣")),  # an unlikely number
        ("V", "331001155959Z", "", "06", "/C=TW/O=MOEACA"),  # of the CA itself
    ]
    path = folder / "index.txt"
    path.write_text(
        "".join(
            "\t".join([status, expiry, revoked, serial, "unknown", name]) + "\n"
            for status, expiry, revoked, serial, name in lines
        ),
        "utf-8",
    )
    return path
