"""What the delivery note tells the callers: hours, and what has to be said first (特商法 Art. 16). Japanese, as documents are."""

from __future__ import annotations

from collections.abc import Iterator

from gateway_calls.options import EARLIEST, LATEST, CallOptions


def remarks(options: CallOptions) -> Iterator[str]:
    """Yield the paragraphs for the delivery note."""
    yield (
        f"架電時間帯は{options.call_from}から{options.call_until}まで（日本時間）です。{LATEST}から{EARLIEST}までの電話は、"
        "迷惑を覚えさせる勧誘とみなされるおそれがあります（特定商取引に関する法律第22条第1項第5号、同法施行規則第64条）。"
    )
    seller = options.seller or "（事業者名）"
    caller = options.caller or "（担当者名）"
    product = options.product or "（商品・サービスの種類）"
    yield (
        "電話のはじめに、勧誘に先立って次のとおり告げてください（同法第16条）。"
        f"「{seller}の{caller}と申します。{product}のご契約をお勧めするためにお電話いたしました。」"
    )
    yield (
        "断った方には、その電話で勧誘を続けることも、再び電話することもできません（同法第17条）。"
        "断られた方と番号違いの方は、管理番号とともにお知らせください。"
    )
