"""Where the Japanese fonts are: Noto Sans JP and Noto Serif JP from ``pylopdf-fonts-jp`` (OFL)."""

from __future__ import annotations
