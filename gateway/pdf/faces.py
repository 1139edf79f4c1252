"""Where the Japanese fonts are: Noto Sans JP and Noto Serif JP from ``pylopdf-fonts-jp`` (OFL 1.1)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Style = Literal["gothic", "mincho"]


def face_path(style: Style = "gothic") -> Path:
    """Return the OpenType (CID-keyed CFF) file of a style."""
    import pylopdf_fonts_jp

    return Path(pylopdf_fonts_jp.sans_path() if style == "gothic" else pylopdf_fonts_jp.serif_path())
