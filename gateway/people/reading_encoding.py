"""Which encoding a CSV file is in: UTF-8 (with or without BOM), UTF-16 with BOM, or cp932.

A file is taken for what most of its lines are, so that one damaged line stays one damaged line: a UTF-8 file with a
single broken byte often decodes as cp932 without any error, and would then be imported as garbage.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import WrongUsage
from gateway.i18n import _

_PIECE = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN = ((b"PK\x03\x04", "XLSX"), (b"\xd0\xcf\x11\xe0", "XLS"), (b"PAR1", "Parquet"), (b"%PDF", "PDF"))


@dataclass(slots=True)
class _Tally:
    """Lines with bytes above ASCII, how many of them decode, and the first that does not."""

    lines: int = 0
    good: int = 0
    first_bad: int = 0

    @property
    def convincing(self) -> bool:
        return self.good * 2 >= self.lines


def find_encoding(path: Path, asked: str | None) -> str:
    """Name the codec of a text file; raise ``WrongUsage`` when it is not text or in none of the encodings.

    ``asked`` overrides the detection; a file most of whose lines are not in it is refused all the same, naming the
    first such line (``unreadable_input``). An encoding that Python does not know is ``unknown_encoding``.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    _refuse_other_formats(path, start)
    bom = next((codec for mark, codec in _BOMS if start.startswith(mark)), "")
    if asked is not None:
        codec = _codec(asked)
        return _checked(path, "utf-8-sig" if codec == "utf-8" else codec)
    if bom == "utf-16":
        return _checked(path, bom)
    if b"\0" in start.partition(b"\n")[0]:
        _raise_unreadable(path, _("it is not a text file"))
    if bom or _decodes(path, "utf-8") or _tally(path, "utf-8").convincing:
        return "utf-8-sig"
    _refuse_euc(path)
    return _checked(path, "cp932")


def _codec(asked: str) -> str:
    try:
        name = codecs.lookup(asked).name
        "".encode(name)
    except (LookupError, ValueError) as error:
        raise WrongUsage(
            "unknown_encoding",
            _("no encoding named {name}").format(name=asked),
            hint=_("use utf-8 or cp932"),
        ) from error
    # What Japanese files call Shift_JIS is Microsoft's; the strict codec loses 髙 and ①.
    return "cp932" if name == "shift_jis" else name


def _checked(path: Path, codec: str) -> str:
    if not _decodes(path, codec):
        tally = _tally(path, codec)
        if codec == "utf-16" or not tally.convincing:
            _raise_unreadable(
                path, _("line {line} is not in the encoding {name}").format(line=tally.first_bad, name=codec)
            )
    return codec


def _refuse_euc(path: Path) -> None:
    """Refuse a file in EUC-JP, which hardly ever fails to decode as cp932 and then is half-width katakana throughout."""
    if not _decodes(path, "euc_jp"):
        return
    with path.open("rb") as file:
        text = file.read(_PIECE).decode("cp932", errors="ignore")
    beyond_ascii = [character for character in text if not character.isascii()]
    if 2 * sum("\uff61" <= character <= "\uff9f" for character in beyond_ascii) > len(beyond_ascii):
        _raise_unreadable(path, _("it seems to be in EUC-JP"))


def _decodes(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _tally(path: Path, codec: str) -> _Tally:
    tally = _Tally()
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.isascii():
                continue
            tally.lines += 1
            try:
                line.decode(codec)
            except UnicodeError:
                tally.first_bad = tally.first_bad or number
            else:
                tally.good += 1
    return tally


def _refuse_other_formats(path: Path, start: bytes) -> None:
    for mark, name in _FOREIGN:
        if start.startswith(mark):
            _raise_unreadable(path, _("it is a {format} file by another name").format(format=name))


def _raise_unreadable(path: Path, why: str) -> None:
    raise WrongUsage(
        "unreadable_input",
        _("cannot read {file}: {why}").format(file=path.name, why=why),
        hint=_(
            "give a CSV file in UTF-8 or cp932, an XLSX or a Parquet file; --encoding overrides the detection"
        ),
    )
