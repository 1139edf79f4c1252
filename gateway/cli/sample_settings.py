"""The settings of a sample workspace: a provider that does not exist, with all that a filing has to say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

SAMPLE_CLIENT = "sample-client"
SAMPLE_SOURCE = "sample-source"
SAMPLE_LIST = "sample"

SAMPLE_SETTINGS: Mapping[str, object] = {
    "provider.name": "株式会社見本名簿",
    "provider.address": "東京都千代田区見本町1丁目2番3号",
    "provider.representative": "代表取締役　見本　一郎",
    "filing.number": "見本000000",
    "filing.items": (
        "name",
        "kana",
        "address",
        "phone",
        "email",
        "company",
        "department",
        "title",
        "joint_names",
        "honorific",
    ),
    "filing.methods": ("printed_labels", "file", "api_push"),
    "filing.acquisition": ("本人からの申込み",),
    "filing.published_on": date(2026, 4, 1),
    "filing.start_on": date(2026, 5, 1),
    "filing.desk.name": "オプトアウト窓口",
    "filing.desk.postal_code": "100-0000",
    "filing.desk.address": "東京都千代田区見本町1丁目2番3号　株式会社見本名簿　オプトアウト窓口",
    "filing.desk.phone": "03-0000-0001",
    "filing.desk.fax": "03-0000-0002",
    "filing.desk.email": "optout@example.jp",
    "filing.desk.hours": "平日9時から17時",
    "defaults.client": SAMPLE_CLIENT,
    "defaults.lists": (SAMPLE_LIST,),
    "defaults.purpose": "dm",
    "defaults.format": "labels",
}
