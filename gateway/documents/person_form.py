"""Page 1 of the request form: what the person fills in."""

from __future__ import annotations

from gateway.documents.data import RequestForm
from gateway.documents.form_parts import (
    LABEL,
    PRIVACY,
    put_date_blank,
    put_heading,
    put_office_block,
    put_row,
    put_section,
)
from gateway.documents.frame import MARGIN, WIDTH
from gateway.documents.sheet import BODY, Sheet

_FIELD = MARGIN + LABEL + 2
_LINE_CODE_PLACES = 12


def lay_person_page(form: RequestForm, stretch: float) -> tuple[Sheet, float]:
    """Lay out the person's page with rows ``stretch`` millimetres higher than the least; return it and its end."""
    sheet = Sheet()
    y = put_heading(sheet, form, "ご本人用　個人データの第三者への提供を停止する求め")
    y = _put_request(sheet, y + 0.6)
    y = _put_person(sheet, y + 0.4, stretch)
    y = _put_terms(sheet, y + 5.2)
    return sheet, put_office_block(sheet, y - 2.6)


def _put_request(sheet: Sheet, y: float) -> float:
    y = put_section(sheet, y, "1　ご依頼の内容")
    sheet.box(MARGIN, y, WIDTH, 18.4)
    wish = "私の個人データを、今後、第三者に提供しないでください（提供の停止）。"
    sheet.tick_box(MARGIN + 2, y + 5, wish, 10.5, ticked=True, bold=True)
    sheet.text(MARGIN + 8, y + 10.6, "停止の範囲")
    x = MARGIN + 30
    for label, ticked in (("すべて", True), ("郵便（DM）のみ", False), ("電話のみ", False)):
        x = sheet.tick_box(x, y + 10.6, label, ticked=ticked)
    sheet.tick_box(MARGIN + 30, y + 16, "同じ住所の家族全員についても停止してください。")
    return y + 18.4


def _put_person(sheet: Sheet, y: float, stretch: float) -> float:
    y = put_section(sheet, y, "2　ご記入欄（氏名と、住所・電話番号・管理番号のいずれか一つで受け付けます）")
    row = 8.4 + stretch
    _put_asker(sheet, y + row / 2 + 1.3)
    y = put_row(sheet, y, row, "依頼日・依頼者")
    y = put_row(sheet, y, 7.4 + stretch / 2, "フリガナ")
    sheet.text(MARGIN + 124, y + 5, "旧姓など（任意）")
    sheet.rule(MARGIN + 122, y, MARGIN + 122, y + 11 + stretch)
    y = put_row(sheet, y, 11 + stretch, "氏名")
    _put_postal_boxes(sheet, y + 1.6)
    y = put_row(sheet, y, 22 + 2 * stretch, "住所", "（建物名も）")
    y = put_row(sheet, y, 10.4 + stretch, "以前の住所", "（任意）")
    sheet.text(_FIELD, y + row / 2 + 1.3, "自宅")
    sheet.text(_FIELD + 70, y + row / 2 + 1.3, "携帯・その他")
    y = put_row(sheet, y, row, "電話番号")
    y = put_row(sheet, y, row, "メール（任意）")
    _put_line_code_boxes(sheet, y + 1.7 + stretch / 2)
    y = put_row(sheet, y, 10.4 + stretch, "管理番号", "（任意）")
    _put_occasion(sheet, y, 10.4 + stretch)
    return put_row(sheet, y, 10.4 + stretch, "案内の受取り", "（任意）")


def _put_asker(sheet: Sheet, y: float) -> None:
    put_date_blank(sheet, _FIELD, y)
    x = MARGIN + 88.0
    for label in ("本人", "法定代理人", "任意代理人"):
        x = sheet.tick_box(x, y, label) - 1


def _put_postal_boxes(sheet: Sheet, y: float) -> None:
    """Draw the boxes for the seven digits of a postal code: three, a hyphen, four."""
    sheet.text(_FIELD, y + 5.2, "〒", 12)
    x = _FIELD + 6
    for place in range(7):
        if place == 3:
            sheet.rule(x + 0.8, y + 3.4, x + 3.2, y + 3.4, 0.5)
            x += 4
        sheet.box(x, y, 6, 7)
        x += 6


def _put_line_code_boxes(sheet: Sheet, y: float) -> None:
    """Draw the boxes for the twelve characters of a line code, in three groups of four."""
    x = _FIELD
    for place in range(_LINE_CODE_PLACES):
        sheet.box(x, y, 5.6, 7)
        x += 5.6 + (1.6 if place % 4 == 3 else 0)
    sheet.text(x + 1.5, y + 2.8, "宛名ラベルの12文字。電話の場合は")
    sheet.text(x + 1.5, y + 7, "担当者がお伝えした12文字")


def _put_occasion(sheet: Sheet, y: float, height: float) -> None:
    sheet.text(_FIELD, y + height / 2 + 1.3, "日付　　　　年　　　月　　　日")
    sheet.text(_FIELD + 62, y + height / 2 + 1.3, "送り主・電話の主")
    sheet.rule(_FIELD + 60, y, _FIELD + 60, y + height)


def _put_terms(sheet: Sheet, y: float) -> float:
    y = sheet.paragraph(
        MARGIN,
        y,
        WIDTH,
        "本人確認書類、印鑑、理由の記入、手数料はいずれも不要です。受付後ただちに停止します。",
        BODY,
    )
    y = sheet.paragraph(MARGIN, y, WIDTH, PRIVACY, BODY)
    sheet.tick_box(
        MARGIN,
        y + 0.4,
        "処理結果の通知を希望します（送付先は上記の住所。希望されない場合、お知らせは送りません）。",
    )
    return y + 5.2
