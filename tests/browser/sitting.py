"""Three messy files of unknown headers, as a new clerk may find them on the first day."""

from pathlib import Path

import xlsxwriter

from tests.etl.files import write

ISSUED_HEADERS = (
    "項次",
    "憑證IC卡編碼",
    "廠商統編",
    "組織",
    "縣市名",
    "正附",
    "製卡日",
    "卡片迄日",
    "聯絡人",
)
ISSUED = [
    ("TP0012", "04595257", "有限公司", "台北市", "正卡", "97/10/01", "102/10/01", "王小明"),
    ("TP0019", "22099131", "行號", "高雄市", "附卡", "98/03/05", "103/03/05", "李大同"),
    ("TP0045", "84149961", "分公司", "台中巿", "正卡", "98/11/30", "103/11/30", "林中"),
    ("TP0046", "84149961", "分公司", "台中市", "正卡", "98/13/30", "103/11/30", "林中"),
]


def issued_xlsx(folder: Path) -> Path:
    """A list kept by hand: titles, a row number, a contact person, a total; a day that is none."""
    path = folder / "發卡清冊.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("102年")
    sheet.merge_range("A1:I1", "工商憑證發卡清冊")
    sheet.write("A2", "製表日期：102/9/24")
    sheet.write_row("A3", ISSUED_HEADERS)
    for number, row in enumerate(ISSUED, 1):
        sheet.write_row(number + 2, 0, (number, *row))
    sheet.write_row(len(ISSUED) + 3, 0, ("合計", len(ISSUED)))
    book.close()
    return path


def mails_csv(folder: Path) -> Path:
    """A send log in cp950, in the words of the product's own screens."""
    return write(
        folder / "寄送紀錄.csv",
        "卡片編碼,第N次,寄出日,收件狀況,備註",
        "TP0012,第1次,102/8/17,送達,",
        "TP0012,到期前30天,102/9/1,退信,",
        "TP0012,第3次通知,102/9/16,無信箱,週一",
        encoding="cp950",
    )


def suspended_txt(folder: Path) -> Path:
    """Tabs for commas, short headers."""
    return write(
        folder / "停用.txt",
        "流水號\t卡片編碼\t起\t迄",
        "1\tTP0019\t102/1/1\t102/2/1",
        "2\tTP0045\t102/3/1\t",
    )
