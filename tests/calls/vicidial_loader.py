"""VICIdial's list loader restated from its help and source, independently of the plugin: what it would store of a file."""

from __future__ import annotations

import re
from pathlib import Path

FIELDS = [
    "vendor_lead_code",
    "source_id",
    "list_id",
    "phone_code",
    "phone_number",
    "title",
    "first_name",
    "middle_initial",
    "last_name",
    "address1",
    "address2",
    "address3",
    "city",
    "state",
    "province",
    "postal_code",
    "country_code",
    "gender",
    "date_of_birth",
    "alt_phone",
    "email",
    "security_phrase",
    "comments",
    "rank",
    "owner",
]
WIDTHS = {
    "vendor_lead_code": 20,
    "source_id": 50,
    "title": 4,
    "first_name": 30,
    "middle_initial": 1,
    "last_name": 30,
    "address1": 100,
    "address2": 100,
    "address3": 100,
    "city": 50,
    "state": 2,
    "province": 50,
    "postal_code": 10,
    "country_code": 3,
    "alt_phone": 12,
    "email": 70,
    "comments": 255,
    "owner": 20,
}
LINE_BYTES = 4096


def load(path: Path) -> list[dict[str, str]]:
    """Load a file as the loader does, and fail where the loader would change or lose something."""
    raw = path.read_bytes().split(b"\n")
    assert raw.pop() == b""
    first = raw[0].decode("utf-8")
    delimiter = "\t" if first.count("\t") > first.count("|") else "|"
    leads = []
    for line in raw:
        assert len(line) + 1 <= LINE_BYTES
        text = line.decode("utf-8")
        assert '"' not in text
        fields = text.split(delimiter)
        assert len(fields) == len(FIELDS)
        lead = {}
        for name, field in zip(FIELDS, fields, strict=True):
            assert re.sub(r'["`\\;\r\n]', "", field) == field, name
            assert len(field) <= WIDTHS.get(name, 255), name
            lead[name] = field
        digits = re.sub(r"[^0-9]", "", lead["phone_number"])
        assert digits == lead["phone_number"]
        assert 8 <= len(digits) <= 18
        assert int(lead["list_id"]) >= 100
        assert lead["phone_code"].isdecimal()
        assert lead["gender"] in ("M", "F", "U")
        leads.append(lead)
    return leads
