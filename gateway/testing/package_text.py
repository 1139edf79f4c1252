"""Read the text of a package's files, whatever their kind, and what they tell about themselves.

PDF needs pypdfium2, which the extra ``testing`` brings: another program than the one that wrote the file reads it.
"""

from __future__ import annotations

import csv
import json
import unicodedata
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.testing.requirements import skip

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_ENCODINGS = ("utf-8-sig", "cp932")
_TABLES = {".csv": ",", ".tsv": "\t"}
_LONGEST_CELL = 1 << 24


def text_of(path: Path) -> str:
    """Return the text of a PDF, a spreadsheet, a zip archive or a text file; empty for other binary files."""
    head = path.read_bytes()[:4]
    if head == b"%PDF":
        return _pdf_text(path)
    if head == b"PK\x03\x04":
        return "\n".join(_zip_texts(path))
    return _decoded(path.read_bytes())


def is_readable(path: Path) -> bool:
    """Tell whether ``text_of`` can read a file; a binary file of another kind says nothing."""
    return path.stat().st_size == 0 or bool(text_of(path))


def cells_of(path: Path) -> Iterator[list[str]]:
    """Yield the rows of a CSV or TSV file, the header among them."""
    delimiter = _TABLES[path.suffix.lower()]
    limit = csv.field_size_limit(_LONGEST_CELL)
    try:
        rows = list(csv.reader(_decoded(path.read_bytes()).splitlines(keepends=True), delimiter=delimiter))
    finally:
        csv.field_size_limit(limit)  # it is the whole process's
    yield from rows


def values_of(path: Path) -> str:
    """Return a file's text as a program sees it: cells of tables and strings of JSON without their quoting."""
    suffix = path.suffix.lower()
    if suffix in _TABLES:
        return "\n".join("\n".join(row) for row in cells_of(path))
    text = text_of(path)
    if suffix == ".json":
        return _strings(text) or text
    if suffix in (".jsonl", ".ndjson"):
        return "\n".join(_strings(line) or line for line in text.splitlines())
    return text


def metadata_of(path: Path) -> str:
    """Return what a file tells beside its contents: PDF properties, names and comments inside an archive."""
    head = path.read_bytes()[:4]
    if head == b"%PDF":
        return _pdf_metadata(path)
    if head == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            names = [f"{each.filename} {_decoded(each.comment)}" for each in archive.infolist()]
            properties = [
                _decoded(archive.read(name)) for name in archive.namelist() if name.startswith("docProps/")
            ]
            return "\n".join([*names, *properties, _decoded(archive.comment)])
    return ""


def strings_in(content: bytes) -> str:
    """Return what a message says: the strings of JSON, or the text as it stands."""
    text = _decoded(content)
    return _strings(text) or text


def folded(text: str) -> str:
    """Leave out what a format may write otherwise: width of characters, blanks and line breaks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content:
        return ""
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def _zip_texts(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith((".xml", ".rels")):
                yield from _xml_texts(content)
            else:
                yield _decoded(content)


def _xml_texts(content: bytes) -> Iterator[str]:
    from xml.etree.ElementTree import iterparse

    for _event, element in iterparse(BytesIO(content)):  # noqa: S314 - the file was written by the format under test
        if element.text:
            yield element.text


def _strings(text: str) -> str:
    """Return all strings of a JSON document, one a line; empty where it is none."""
    try:
        return "\n".join(_walk(json.loads(text)))
    except ValueError:
        return ""


def _walk(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner)


def _pdf_text(path: Path) -> str:
    document = _opened_pdf(path)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def _opened_pdf(path: Path) -> PdfDocument:
    """Open a PDF; a check that cannot be made without the extra is left out, and says so."""
    try:
        from pypdfium2 import PdfDocument
    except ModuleNotFoundError as error:
        raise skip("reading PDF needs delivery-gateway[testing]") from error
    return PdfDocument(path)


def _pdf_metadata(path: Path) -> str:
    document = _opened_pdf(path)
    try:
        return "\n".join(f"{key}: {value}" for key, value in document.get_metadata_dict().items())
    finally:
        document.close()
