"""The delivery note (納品書): what was delivered, and all the client needs for its own record on receipt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gateway.documents.data import DeliveryNote, SourceAccount
from gateway.documents.flow import Column, Flow
from gateway.documents.frame import WIDTH, Identity, desk_lines, frame_sheets
from gateway.documents.letter import put_letter_head
from gateway.documents.sheet import BODY
from gateway.documents.words import ITEMS, LEGAL_BASES, METHODS, PURPOSES, SOURCE_BASES, japanese_date
from gateway.documents.write import write_sheets

TITLE = "納品書"
_HASH_SIZE = 8.3
_PAIR = (Column(title="", width=44.0), Column(title="", width=WIDTH - 44.0))
_STEPS = (
    "管理番号（宛名ラベル・データの12文字）を聞き取り、同封の「オプトアウト依頼書」2枚目に書く。",
    "依頼書を下記の窓口へFAXまたは郵送する（管理番号が不明なら氏名と、住所または電話番号を書く）。",
    "自社のデータ（写し・発送済み名簿・架電リストを含む）から本人を消去し、停止したことを本人に伝える。",
)


def write_delivery_note(path: Path, note: DeliveryNote) -> None:
    """Write the note; any number of files and sources, over as many pages as they need.

    It carries what APPI Art. 30 and Rules Art. 22 and 24 make the client confirm and record. Raises ``Refused``
    (``missing_glyph``) when a name or address holds a character without glyph.
    """
    flow = Flow()
    put_letter_head(flow, TITLE, note.client, note.provider, note.created_at)
    flow.paragraph("下記のとおり納品いたします。ファイルの一致は、SHA-256の値で確かめられます。")
    _put_delivery(flow, note)
    _put_counts(flow, note)
    _put_files(flow, note)
    _put_record(flow, note)
    _put_duties(flow, note)
    _put_steps(flow, note)
    _put_log(flow, note)
    frame_sheets(flow.sheets, Identity(label="納品番号", number=note.delivery), document=TITLE)
    write_sheets(path, flow.sheets, title=f"{TITLE} {note.delivery}", created_at=note.created_at)


def _put_delivery(flow: Flow, note: DeliveryNote) -> None:
    flow.heading("1　納品の内容")
    rows = [
        ("納品番号", note.delivery),
        ("貴社の受注番号", note.reference),
        ("提供年月日", japanese_date(note.created_at)),
        ("利用目的", PURPOSES[note.purpose]),
        ("提供の根拠", LEGAL_BASES.get(note.legal_basis, note.legal_basis)),
        ("形式・提供の方法", f"{note.format}（{METHODS[note.method]}）"),
        ("提供する項目", _items(note)),
        ("確約書", note.pledge),
    ]
    flow.table(_PAIR, [row for row in rows if row[1]])


def _put_counts(flow: Flow, note: DeliveryNote) -> None:
    flow.heading("2　件数")
    titles = ("ご注文", "停止の申出で除外", "照合中の保留", "その他の除外", "納品")
    columns = [Column(title=title, width=WIDTH / len(titles), align="centre") for title in titles]
    counts = note.counts
    numbers = (counts.requested, counts.suppressed, counts.held, counts.refused, counts.delivered)
    flow.table(columns, [[f"{number:,}" for number in numbers]])


def _put_files(flow: Flow, note: DeliveryNote) -> None:
    flow.heading("3　納品ファイル")
    columns = (
        Column(title="ファイル名", width=38.0),
        Column(title="バイト数", width=24.0, align="right"),
        Column(title="SHA-256", width=WIDTH - 62.0, size=_HASH_SIZE),
    )
    flow.table(columns, ((file.name, f"{file.bytes:,}", file.sha256) for file in note.files))


def _put_record(flow: Flow, note: DeliveryNote) -> None:
    flow.heading("4　貴社の記録のために（個人情報の保護に関する法律第30条）")
    flow.paragraph(
        "貴社は、個人データの提供を受けた者として次の事項を確認し、記録を作成して3年間保存する必要があります"
        "（同条、同法施行規則第22条・第24条・第25条）。この納品書を記録の一部として保存してください。"
    )
    flow.gap(1.5)
    provider = note.provider
    rows = [
        ("提供者の氏名・名称", provider.name),
        ("提供者の住所", provider.address),
        ("提供者の代表者", provider.representative),
        ("提供を受けた年月日", f"{japanese_date(note.created_at)}発行（受領日　　　　年　　　月　　　日）"),
        ("本人を特定する事項", "納品ファイルの各行（管理番号と氏名等）"),
        ("個人データの項目", _items(note)),
        *_legal_rows(note),
    ]
    flow.table(_PAIR, [row for row in rows if row[1]])
    flow.need(30.0)
    flow.paragraph("提供者による取得の経緯（取得元ごと）")
    flow.gap(1.0)
    columns = (
        Column(title="取得元", width=66.0),
        Column(title="取得日", width=32.0),
        Column(title="取得の根拠と経緯", width=WIDTH - 98.0),
    )
    flow.table(columns, (tuple(_source_row(source)) for source in note.sources))


def _items(note: DeliveryNote) -> str:
    """Name the items in the order of ``ITEMS``, then the list's own attributes."""
    known = [word for item, word in ITEMS.items() if item in note.items]
    return "、".join([*known, *(item for item in note.items if item not in ITEMS)])


def _legal_rows(note: DeliveryNote) -> Iterator[tuple[str, str]]:
    """Say what makes the provision lawful: the published filing (Rules Art. 24(1)1) or the consent (24(1)2)."""
    if note.legal_basis == "consent_27_1":
        yield "本人の同意", "第三者への提供について本人の同意を得ています"
    if note.legal_basis == "optout_27_2":
        yield "届出番号", note.filing.number
        if note.filing.published_on:
            published = japanese_date(note.filing.published_on)
            yield "届出の公表", f"個人情報保護委員会により公表されています（公表日　{published}）"


def _source_row(source: SourceAccount) -> Iterator[str]:
    yield "\n".join(part for part in (source.name, source.address, source.representative) if part)
    yield japanese_date(source.acquired_on) if source.acquired_on else "—"
    basis = SOURCE_BASES.get(source.basis, source.basis)
    yield "\n".join(part for part in (basis, source.circumstances) if part)


def _put_duties(flow: Flow, note: DeliveryNote) -> None:
    flow.heading("5　貴社にお守りいただくこと")
    duties = [
        f"確約書に記された目的（今回は{PURPOSES[note.purpose]}）にのみ使用し、ほかの目的に使用しないこと。",
        "第三者に提供しないこと。オプトアウトによる再提供は禁じられています（同法第27条第2項ただし書）。",
        "漏えいを防ぐ措置をとり、利用を終えたときは遅滞なく消去すること。",
        "同封の「オプトアウト依頼書」を保管し、停止を求める方がいつでも使えるようにすること。",
    ]
    if note.purpose == "telemarketing":
        duties.append(
            "電話では、はじめに事業者名・担当者名・商品の種類・勧誘であることを告げ、断った方に再び勧誘しないこと"
            "（特定商取引に関する法律第16条・第17条）。"
        )
    else:
        duties.append("郵便物には、求めがあれば名簿から消去し以後送らない旨と、その連絡先を記載すること。")
    for duty in (*duties, *note.remarks):
        flow.paragraph(duty, hanging=5.0, mark="・")


def _put_steps(flow: Flow, note: DeliveryNote) -> None:
    flow.heading("6　提供の停止を求められたときの三つの手順")
    for mark, step in zip("①②③", _STEPS, strict=True):
        flow.paragraph(step, hanging=6.0, mark=mark)
    flow.gap(1.5)
    desk = "\n".join(desk_lines(note.provider.name, note.filing.desk, WIDTH - 44.0 - 4))
    flow.table(_PAIR, [("オプトアウト窓口", desk)])


def _put_log(flow: Flow, note: DeliveryNote) -> None:
    flow.heading("7　記録の照合")
    flow.paragraph(
        "この納品の開始時に、当社の納品記録（改ざんを検知できる連鎖記録）へ次の値を記録しました。"
        "後日、記録が書き換えられていないことを、この値で確かめられます。"
    )
    flow.gap(1.5)
    columns = (Column(title="", width=44.0), Column(title="", width=WIDTH - 44.0, size=BODY))
    flow.table(columns, [("開始記録のハッシュ値", note.intent_hash)])
