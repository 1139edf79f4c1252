"""What a Singer target reads: one SCHEMA, RECORDs, one STATE that it has to echo when all is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from gateway.api import Parcel

KEY = "gateway_key"
FIELDS = ("line_code", "name", "kana", "postal_code", "address", "building", "phone")


def messages(stream: str, parcels: Sequence[Parcel], state: str) -> Iterator[str]:
    """Yield the messages of one run, a JSON object a line."""
    properties = {name: {"type": ["string", "null"]} for name in (KEY, *FIELDS)}
    schema = {"type": "object", "properties": properties}
    yield _line(type="SCHEMA", stream=stream, schema=schema, key_properties=[KEY])
    for each in parcels:
        yield _line(type="RECORD", stream=stream, record=_record(each))
    yield _line(type="STATE", value={"run": state})


def last_state(output: str) -> str:
    """Return the run that a target's last STATE tells of, or an empty text."""
    for line in reversed(output.splitlines()):
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            return str(found.get("run", ""))
    return ""


def _record(parcel: Parcel) -> dict[str, str]:
    line, address = parcel.line, parcel.line.address
    return {
        KEY: parcel.key,
        "line_code": line.code,
        "name": line.name,
        "kana": line.kana,
        "postal_code": address.postal_code if address else "",
        "address": address.text if address else "",
        "building": address.building if address else "",
        "phone": line.phone,
    }


def _line(**message: object) -> str:
    return json.dumps(message) + "\n"
