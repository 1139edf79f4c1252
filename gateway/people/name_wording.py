"""Tell the words around a name from the name: titles, household wording, words that name nobody."""

from __future__ import annotations

import re

_TITLE = re.compile(
    r"[\s・,]*(?:様方|様|殿|さま|サマ|くん|クン|ちゃん|チャン|さん|サン|君|氏|先生|社長|会長|専務|常務|部長|課長|係長|店長|所長|室長"
    r"|代表取締役|代表|奥様|御机下|机下|御侍史|侍史|御中|拝|印|宛)$|\s(?:行|奥)$"
)
_INNER_TITLE = re.compile(r"(?<=\S)(?:様|さま|さん|殿|先生)(?=\s+\S)")
_CARE_OF = re.compile(r"^\S{1,12}?\s?(?:様方|気付)\s*(?=\S)")
_LATIN_TITLE = re.compile(r"^(?:mr|mrs|ms|miss|dr|prof)\.?\s+|[\s,]+(?:sama|san|esq|jr)\.?$", re.IGNORECASE)
_HOUSEHOLD = re.compile(
    r"[\s・,&と]*(?:(?:[ご御]?家族|[ご御]一家|ファミリー|[ご御]?一同|[ご御]夫妻|[ご御]夫婦|皆々?様|皆さま|みなさま|family)"
    r"|(?:他|ほか|外)\s*[\d一二三四五六七八九十]+\s*[名人]?|(?<=\s)(?:他|ほか))$",
    re.IGNORECASE,
)
_HOUSE = re.compile(r"(?<=[^\s]{2})家$|(?<=\S)\s家$")
_NOBODY = re.compile(
    r"(?:[ごおご御]?(?:住人|住民|世帯主|居住者|入居者|担当者?|契約者|当主|利用者|家主|所有者|関係者|客|家族|一家|一同|宛名|名前))"
    r"|現住所|(?:現在)?お住まいの方|不明|不詳|匿名|無記名|記名なし|未記入|未登録|未定|氏名不[明詳]|名前?[無な]し|ななし|ナナシ|[無な]し|ナシ|無"
    r"|様|さま|さん|殿|君|御中|先生|社長|奥様|空欄|同上|宛名[無な]し|none|null|nil|n/?a|unknown|anonymous|resident|occupant|test|テスト|本人|フメイ",
    re.IGNORECASE,
)
_ROLE = re.compile(
    "(?:代表)?取締役(?:社長|会長)?|代表(?:社員|者)?|社長|会長|専務|常務|部長|課長|係長|店長|店主|院長|理事長?|所長|室長|.*担当|.*[部課係]"
)
_NO_LETTER = re.compile(r"[\W_]*")
_COMPANY = re.compile(r"\((株|有|合|同|資|一社|公社|一財|公財)\)")
_COMPANY_FORMS = {
    "株": "株式会社", "有": "有限会社", "合": "合同会社", "同": "合同会社", "資": "合資会社", "一社": "一般社団法人",
    "公社": "公益社団法人", "一財": "一般財団法人", "公財": "公益財団法人",
}  # fmt: skip


def write_out_company(text: str) -> str:
    """Write an abbreviated legal form out: (株) = 株式会社."""
    return _COMPANY.sub(lambda found: _COMPANY_FORMS[found[1]], text)


def cut_wording(text: str) -> tuple[str, bool]:
    """Return the name without titles and household wording at its end, and whether the household was meant.

    Only the end of the full name is looked at: 緒方 and 四方 end in 方, and stay. Turned round, a name has it inside
    (花子様 山田), and a host may stand before it (鈴木様方 山田 花子).
    """
    household, text = False, _INNER_TITLE.sub("", _CARE_OF.sub("", text.replace("樣", "様")))
    while text:
        if _TITLE.search(text) and (shorter := _TITLE.sub("", text)):
            text = shorter
        elif _HOUSEHOLD.search(text):
            text, household = _HOUSEHOLD.sub("", text), True
        elif _LATIN_TITLE.search(text):
            text = _LATIN_TITLE.sub("", text)
        elif (" " not in text.strip() or text.endswith(" 家")) and _HOUSE.search(text):
            text, household = _HOUSE.sub("", text), True
        else:
            break
    return text.strip(), household


def names_nobody(text: str) -> bool:
    """Tell a text that is no name: resident, householder, unknown, punctuation alone."""
    return _NO_LETTER.fullmatch(text) is not None or _NOBODY.fullmatch(text) is not None


def names_role(part: str) -> bool:
    """Tell a word that is a person's role in an organisation, as it stands before or after the name."""
    return _ROLE.fullmatch(part) is not None
