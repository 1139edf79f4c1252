"""What both pages of the request form share: heading, desk, rows to fill in, office block."""

from __future__ import annotations

from gateway.documents.data import RequestForm
from gateway.documents.frame import MARGIN, TOP, WIDTH, desk_lines
from gateway.documents.sheet import BODY, PAGE_WIDTH, Sheet, leading_of, lines_of
from gateway.documents.words import japanese_date

LABEL = 34.0
"""Width of the column with the names of the rows."""

PRIVACY = (
    "個人情報の取扱い：この用紙に記入された情報は、ご依頼への対応と、停止を続けるための記録（同じ方の情報を"
    "ふたたび取り込まないための照合）にのみ使用します。"
)


def put_heading(sheet: Sheet, form: RequestForm, variant: str) -> float:
    """Put title, law and desk; return the y below the desk's box."""
    y, middle = TOP - 1.5, PAGE_WIDTH / 2
    sheet.text(middle, y + 8.5, "オプトアウト依頼書", 20, bold=True, align="centre")
    sheet.text(middle, y + 15, variant, 11, align="centre")
    sheet.text(
        MARGIN, y + 21.5, "個人情報の保護に関する法律（APPI）第27条第2項に基づく個人データの提供停止の求め"
    )
    return _put_desk(sheet, y + 24, form)


def _put_desk(sheet: Sheet, y: float, form: RequestForm) -> float:
    width = WIDTH - LABEL - 3
    lines = list(desk_lines(form.provider.name, form.filing.desk, width))
    issued = f"届出番号　{form.filing.number}　　発行日　{japanese_date(form.created_at)}"
    lines += lines_of(issued, width, BODY)
    step = leading_of(BODY)
    height = len(lines) * step + 2.4
    sheet.box(MARGIN, y, WIDTH, height, 0.5)
    sheet.rule(MARGIN + LABEL, y, MARGIN + LABEL, y + height)
    sheet.text(MARGIN + 2, y + 5, "送付先（窓口）", 10.5, bold=True)
    sheet.text(MARGIN + 2, y + 10.2, "郵送・FAX可" if form.filing.desk.fax else "郵送可", BODY)
    for number, line in enumerate(lines, start=1):
        sheet.text(MARGIN + LABEL + 2, y + number * step - 0.2, line, BODY, bold=number == 1)
    return y + height


def put_section(sheet: Sheet, y: float, heading: str) -> float:
    """Put a section's heading; return the y below it."""
    sheet.text(MARGIN, y + 5.6, heading, 11, bold=True)
    return y + 7.6


def put_row(sheet: Sheet, y: float, height: float, label: str, hint: str = "") -> float:
    """Draw a row to fill in, with its name in the left column; return the y below it."""
    sheet.box(MARGIN, y, WIDTH, height)
    sheet.rule(MARGIN + LABEL, y, MARGIN + LABEL, y + height)
    first = y + height / 2 + (-0.9 if hint else 1.3)
    sheet.text(MARGIN + 2, first, label, 10.5)
    if hint:
        sheet.text(MARGIN + 2, first + 4.5, hint, BODY)
    return y + height


def put_date_blank(sheet: Sheet, x: float, y: float) -> None:
    """Leave room for a date to be written by hand."""
    sheet.text(x, y, "　　　　年　　　月　　　日", BODY)


def put_office_block(sheet: Sheet, y: float) -> float:
    """Draw the block that the desk fills in; return the y below it."""
    sheet.text(MARGIN, y + 4.6, "事務処理欄（ご記入不要）", BODY)
    top = y + 6.2
    rows = (
        (("受付日時", 50.0), ("受付番号", 46.0), ("経路", 84.0)),
        (("該当明細", 34.0), ("消去完了日", 46.0), ("納品先通知日", 50.0), ("完了・担当", 50.0)),
    )
    height = 8.6
    for row in rows:
        x = MARGIN
        for label, width in row:
            sheet.box(x, top, width, height)
            sheet.text(x + 1.2, top + 5.5, label, BODY)
            if label == "経路":
                _put_channels(sheet, x + 12, top + 5.5)
            x += width
        top += height
    return top


def _put_channels(sheet: Sheet, x: float, y: float) -> None:
    for channel in ("郵送", "FAX", "電話", "メール", "他"):
        x = sheet.tick_box(x, y, channel) - 2.4
