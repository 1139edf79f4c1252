"""Page 2 of the request form: what the client fills in for several people who asked it."""

from __future__ import annotations

from gateway.documents.data import RequestForm
from gateway.documents.form_parts import PRIVACY, put_date_blank, put_heading, put_office_block, put_section
from gateway.documents.frame import MARGIN, WIDTH
from gateway.documents.sheet import BODY, Sheet, lines_of

ROWS = 8
_COLUMNS = (
    ("", 7.0),
    ("管理番号", 34.0),
    ("氏名", 27.0),
    ("住所", 45.0),
    ("電話", 27.0),
    ("申出日", 16.0),
    ("自社データ", 24.0),
)
_STEPS = (
    "① 管理番号（宛名ラベルや納品データにある12文字）をこの用紙に書く。住所・電話は省略できます。",
    "② この用紙を上の窓口へFAXまたは郵送する（1日分をまとめて可。控えを保管してください）。",
    "③ 自社のデータから本人を消去し、「済」に印を付けて、本人に停止したことを伝える。",
)


def lay_client_page(form: RequestForm, stretch: float) -> tuple[Sheet, float]:
    """Lay out the client's page with rows ``stretch`` millimetres higher than the least; return it and its end."""
    sheet = Sheet()
    y = put_heading(sheet, form, "クライアント（納品先）用　本人から停止の申出を受けたとき")
    y = _put_request(sheet, y + 0.6)
    y = _put_client(sheet, y, form.client_name)
    y = _put_people(sheet, y + 3, 9.0 + stretch)
    y = put_section(sheet, y, "申出を受けたときの三つの手順")
    for step in _STEPS:
        y = sheet.paragraph(MARGIN, y + 3, WIDTH, step, BODY) - 3
    y = sheet.paragraph(MARGIN, y + 4.4, WIDTH, PRIVACY, BODY)
    return sheet, put_office_block(sheet, y - 3.4)


def _put_request(sheet: Sheet, y: float) -> float:
    sheet.tick_box(
        MARGIN,
        y + 6.4,
        "下記の方の個人データを、今後、第三者に提供しないでください（提供の停止）。",
        10.5,
        ticked=True,
        bold=True,
    )
    return y + 9.4


def _put_client(sheet: Sheet, y: float, client_name: str) -> float:
    half = WIDTH / 2
    name = lines_of(client_name, half - 27, BODY)
    height = max(8.4, 3.6 + 5 * len(name))
    sheet.box(MARGIN, y, half, height)
    sheet.text(MARGIN + 2, y + 5.5, "事業者名")
    for number, line in enumerate(name):
        sheet.text(MARGIN + 24, y + 5.5 + 5 * number, line)
    sheet.box(MARGIN + half, y, half, height)
    sheet.text(MARGIN + half + 2, y + 5.5, "記入日")
    put_date_blank(sheet, MARGIN + half + 26, y + 5.5)
    y += height
    sheet.box(MARGIN, y, half, 8.4)
    sheet.text(MARGIN + 2, y + 5.5, "担当者")
    sheet.box(MARGIN + half, y, half, 8.4)
    sheet.text(MARGIN + half + 2, y + 5.5, "電話・FAX")
    return y + 8.4


def _put_people(sheet: Sheet, y: float, row_height: float) -> float:
    """Draw the table: a heading and eight rows, each with a place to tick that the own data were deleted."""
    bottom = y + 10.6 + ROWS * row_height
    x = MARGIN
    for label, width in _COLUMNS:
        middle = x + width / 2
        if label == "自社データ":
            sheet.text(middle, y + 4.4, "自社データ", BODY, align="centre")
            sheet.text(middle, y + 9, "削除", BODY, align="centre")
        else:
            sheet.text(middle, y + 6.8, label, BODY, align="centre")
        sheet.box(x, y, width, bottom - y)
        x += width
    y += 10.6
    baseline = row_height / 2 + 1.3
    for row in range(ROWS):
        sheet.rule(MARGIN, y, MARGIN + WIDTH, y)
        sheet.text(MARGIN + 3.5, y + baseline, str(row + 1), BODY, align="centre")
        x = MARGIN + WIDTH - 21.5
        sheet.tick_box(x, y + baseline, "済")
        sheet.tick_box(x + 11.5, y + baseline, "未")
        y += row_height
    return y
