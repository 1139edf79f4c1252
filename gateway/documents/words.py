"""The Japanese words for codes and dates that documents print."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")

ITEMS = {
    "name": "氏名",
    "kana": "フリガナ",
    "postal_code": "郵便番号",
    "address": "住所（郵便番号を含む）",
    "building": "建物名",
    "phone": "電話番号",
    "email": "メールアドレス",
    "company": "会社名",
    "department": "部署",
    "title": "役職",
    "joint_names": "連名",
    "honorific": "敬称",
}
PURPOSES = {"dm": "ダイレクトメールの発送", "telemarketing": "電話によるご案内（テレマーケティング）"}
METHODS = {
    "printed_labels": "宛名ラベルの印刷物または印刷用データ",
    "file": "電子ファイル",
    "api_push": "システム間の送信（API）",
}
LEGAL_BASES = {
    "optout_27_2": "個人情報の保護に関する法律（APPI）第27条第2項（オプトアウトによる提供）",
    "consent_27_1": "個人情報の保護に関する法律（APPI）第27条第1項（本人の同意による提供）",
    "entrust_27_5_1": "個人情報の保護に関する法律（APPI）第27条第5項第1号（委託）",
}
SOURCE_BASES = {
    "direct_from_person": "本人から直接取得",
    "consent_27_1": "本人の同意に基づく提供（法第27条第1項）",
    "published_directory": "公開された名簿・資料から取得",
    "private_seller": "個人からの買取り",
}


def japanese_date(day: date | datetime) -> str:
    """Write a date as 2026年11月24日; an aware time becomes the day in Japan."""
    if isinstance(day, datetime):
        day = day.astimezone(JAPAN).date()
    return f"{day.year}年{day.month}月{day.day}日"
