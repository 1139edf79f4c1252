"""What may be set for labels with ``--set`` and in ``[formats.labels]``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gateway.i18n import _
from gateway_labels.sheets import find_sheet

_LARGEST_OFFSET = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelOptions:
    """Options of the format ``labels``.

    ``sheet`` names the stock; ``start`` is the first free label on the first sheet, counted from 1 along the rows.
    ``honorific`` stands after a name whose line has none. ``barcode`` is ``auto`` (printed where there is one),
    ``required`` (other lines are refused) or ``none``. ``digits`` prints full-width digits and letters of addresses
    ``half`` width or ``as_given``. ``sheets_per_file`` cuts the output into volumes, 0 means one file. ``offset_x``
    and ``offset_y`` move everything right and down by millimetres, to fit a printer. ``outlines`` draws the labels'
    edges, for a proof on plain paper.
    """

    sheet: str = "A-one 28369"
    start: int = 1
    honorific: str = "様"
    font: Literal["gothic", "mincho"] = "gothic"
    barcode: Literal["auto", "required", "none"] = "auto"
    digits: Literal["half", "as_given"] = "half"
    sheets_per_file: int = 0
    offset_x: float = 0.0
    offset_y: float = 0.0
    outlines: bool = False

    def __post_init__(self) -> None:
        """Refuse what no sheet can hold; ``ValueError`` says what is wrong."""
        sheet = find_sheet(self.sheet)
        if not 1 <= self.start <= sheet.labels:
            raise ValueError(_("start must be 1 to {labels} on this sheet").format(labels=sheet.labels))
        if self.sheets_per_file < 0:
            raise ValueError(_("sheets_per_file must not be negative"))
        if max(abs(self.offset_x), abs(self.offset_y)) > _LARGEST_OFFSET:
            raise ValueError(_("offsets must not exceed {most} mm").format(most=_LARGEST_OFFSET))
        if self.barcode == "required" and not sheet.grid:
            raise ValueError(_("barcode=required: this sheet is too narrow for the customer barcode"))
