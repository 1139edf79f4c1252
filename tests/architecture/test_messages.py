"""The Japanese catalogue: complete, with the same placeholders, and compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import IO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "gateway" / "locale" / "ja" / "LC_MESSAGES" / "gateway.po"
KEYWORDS = {"_": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\([a-z_]+\)[sd]")
UPDATE = "run `tox -e messages` and translate what it added"


def _messages_in_code() -> Iterator[str | tuple[str, ...]]:
    for folder in ("gateway", "plugins"):
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            yield message


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="ja", domain="gateway")


def test_every_message_has_a_japanese_translation(catalogue: Catalog) -> None:
    lacking = []
    for message in set(_messages_in_code()):
        entry = catalogue.get(message if isinstance(message, str) else message[0])
        translations = (
            [] if entry is None else [entry.string] if isinstance(entry.string, str) else entry.string
        )
        if entry is None or entry.fuzzy or not translations or not all(translations):
            lacking.append(message)
    assert not lacking, UPDATE


def test_the_catalogue_holds_no_message_that_the_code_has_lost(catalogue: Catalog) -> None:
    in_code = {message if isinstance(message, str) else message[0] for message in _messages_in_code()}
    in_catalogue = {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in catalogue if entry.id}
    assert in_catalogue - in_code == set(), UPDATE


def test_a_translation_has_the_placeholders_of_its_message(catalogue: Catalog) -> None:
    wrong = []
    for entry in catalogue:
        if entry.id and entry.string:
            sources = [entry.id] if isinstance(entry.id, str) else list(entry.id)
            targets = [entry.string] if isinstance(entry.string, str) else list(entry.string)
            asked = set(PLACEHOLDER.findall(sources[-1]))
            wrong += [target for target in targets if target and set(PLACEHOLDER.findall(target)) != asked]
    assert not wrong


def test_the_compiled_catalogue_is_the_readable_one(catalogue: Catalog) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    with PO.with_suffix(".mo").open("rb") as committed:
        assert _translations(committed) == _translations(compiled), "run `tox -e messages`"


def _translations(file: IO[bytes]) -> dict[object, str]:
    """Read a compiled catalogue without its header, which names the program that wrote it."""
    held: dict[object, str] = dict(vars(GNUTranslations(file))["_catalog"])
    held.pop("", None)
    return held
