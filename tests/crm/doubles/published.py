"""Request bodies against what the service has published about them (tests/crm/schemas)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

_SCHEMAS = Path(__file__).parents[1] / "schemas"


class PublishedSchema:
    """One service's bodies; counts what it has judged and notes what did not fit, by place and never by value."""

    def __init__(self, service: str) -> None:
        table = json.loads((_SCHEMAS / f"{service}.json").read_text(encoding="utf-8"))
        shared = table.pop("$defs")
        self._validators = {
            call: Draft202012Validator({"$defs": shared, **schema}) for call, schema in table.items()
        }
        self.judged: Counter[str] = Counter()
        self.misfits: list[str] = []

    @property
    def calls(self) -> set[str]:
        return set(self._validators)

    def fits(self, call: str, body: Any) -> bool:
        """Tell whether a body fits; a call without a published body fits."""
        if call not in self._validators:
            return True
        self.judged[call] += 1
        found = [
            f"{call} {each.json_path}: {each.validator}" for each in self._validators[call].iter_errors(body)
        ]
        self.misfits += found
        return not found
