"""The recall notice (回収通知): delivered people have since opted out; codes only, no personal data."""

from __future__ import annotations

from pathlib import Path

from gateway.documents.data import RecallNotice
from gateway.documents.flow import Cell, Column, Flow
from gateway.documents.frame import WIDTH, Identity, desk_lines, frame_sheets
from gateway.documents.letter import put_letter_head
from gateway.documents.sheet import BODY, Sheet
from gateway.documents.words import japanese_date
from gateway.documents.write import write_sheets

TITLE = "回収通知"
ANSWERS = ("消去した", "停止済み", "該当なし", "対象外")
"""deleted, opted_out, not_found, exempted: the answers that ``gateway recall answer`` takes."""

_ANSWER_STEP = 23.0
_LINE_CODES = (
    Column(title="", width=11.0, align="centre"),
    Column(title="納品番号", width=30.0, align="centre"),
    Column(title="管理番号", width=42.0, align="centre"),
    Column(title="ご回答（一つに印）", width=WIDTH - 83.0),
)
_STEPS = (
    "納品ファイル・宛名ラベルの管理番号で行を探し、貴社と委託先のデータ（写しも）から消去する。",
    "未発送のラベル・未架電のリストから取り除き、以後の発送・架電を止める。",
    "下の表の該当欄に印を付け、窓口へFAXまたは郵送で回答する。",
)


def write_recall_notice(path: Path, notice: RecallNotice) -> None:
    """Write the notice for one client; any number of lines.

    It holds delivery numbers and line codes only, so that it provides no new personal data. Raises ``Refused``
    (``missing_glyph``) when a name or address holds a character without glyph.
    """
    flow = Flow()
    put_letter_head(flow, TITLE, notice.client, notice.provider, notice.created_at)
    flow.paragraph(
        f"貴社に納品した個人データのうち、下の表の{len(notice.lines):,}件について、納品後に本人から第三者提供の停止の"
        "求め（個人情報の保護に関する法律第27条第2項）を受けました。次のとおりお取り扱いください。"
    )
    _put_steps(flow, notice)
    _put_lines(flow, notice)
    _put_answer(flow)
    frame_sheets(flow.sheets, Identity(label="通知番号", number=notice.number), document=TITLE)
    write_sheets(path, flow.sheets, title=f"{TITLE} {notice.number}", created_at=notice.created_at)


def _put_steps(flow: Flow, notice: RecallNotice) -> None:
    flow.heading("1　お願いすること")
    for mark, step in zip("①②③", _STEPS, strict=True):
        flow.paragraph(step, hanging=6.0, mark=mark)
    flow.gap(1.5)
    rows = [
        (
            "回答・お問合せの窓口",
            "\n".join(desk_lines(notice.provider.name, notice.filing.desk, WIDTH - 50.0)),
        )
    ]
    if notice.answer_by:
        rows.append(("回答期限", japanese_date(notice.answer_by)))
    flow.table((Column(title="", width=44.0), Column(title="", width=WIDTH - 44.0)), rows)


def _put_lines(flow: Flow, notice: RecallNotice) -> None:
    flow.heading("2　対象と回答")
    flow.paragraph(
        "消去した：データを消去した　停止済み：すでに利用を停止していた　該当なし：見つからない　"
        "対象外：法令等により消去できない"
    )
    flow.gap(1.5)
    rows: list[list[Cell]] = [
        [str(number), line.delivery, line.line_code, _answer_boxes]
        for number, line in enumerate(notice.lines, start=1)
    ]
    flow.table(_LINE_CODES, rows)


def _answer_boxes(sheet: Sheet, x: float, y: float) -> None:
    for place, answer in enumerate(ANSWERS):
        sheet.tick_box(x + 3 + place * _ANSWER_STEP, y, answer)


def _put_answer(flow: Flow) -> None:
    flow.heading("3　回答者")
    columns = [Column(title="", width=width) for width in (24.0, 66.0, 24.0, 66.0)]
    flow.table(columns, [("回答日", _put_blank_date, "担当者", "\n")])


def _put_blank_date(sheet: Sheet, x: float, y: float) -> None:
    sheet.text(x + 4, y, "　　　　年　　　月　　　日", BODY)
