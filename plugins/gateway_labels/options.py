"""What may be set for labels with ``--set`` and in ``[formats.labels]``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gateway.i18n import _
from gateway_labels.sheets import OwnSheet, Sheet, find_sheet

NOTICE = "送付をご希望でない方はお知らせください。名簿から削除し、以後お送りしません。"
"""What a direct mail has to say in substance: who wants no more is removed from the list and gets nothing again."""

MARK_HEIGHT = 48.0
"""Millimetres that a label must be high to carry the 20 mm mark of postage paid."""

_LARGEST_OFFSET = 20.0
_TALL = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """How far a printer has to be corrected, in millimetres to the right and down (``gateway sheets calibrate``)."""

    x: float = 0.0
    y: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no printer is off by."""
        if max(abs(self.x), abs(self.y)) > _LARGEST_OFFSET:
            raise ValueError(_("offsets must not exceed {most} mm").format(most=_LARGEST_OFFSET))


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelOptions:
    """Options of the format ``labels``.

    ``sheet`` names the stock, or one of ``sheets`` (``[formats.labels.sheets.NAME]``). ``start`` is the first free
    label on the first sheet, counted from 1 along the rows, or ``continue``: behind the last one of the client's
    delivery before. ``writing`` is ``horizontal`` or, on tall labels, ``vertical``. ``honorific`` stands after a name
    whose line has none. ``barcode`` is ``auto`` (printed where there is one), ``required`` (other lines are refused)
    or ``none``. ``digits`` prints full-width digits and letters of addresses ``half`` width or ``as_given``.

    ``font_file`` is an OpenType or TrueType file to print with instead of the gateway's ``font``; characters that it
    lacks come from ``fallback_fonts``, then from the gateway's own. ``sender`` are rows of a sender, ``free_line`` any
    text on all labels, ``postage`` the mark of postage paid at ``postage_office``, ``numbered`` numbers the labels.
    ``notice`` is printed unless the client's own enclosure says the same (``enclosed``).

    ``order`` is the list's, or ``area``: by delivery area (郵便区番号), postal code, address and name, as Japan Post
    wants bulk mail; ``area_list`` is the office's own list of areas. ``bundle`` labels at most make a bundle with a
    slip before it (0: no slips); areas with fewer than ``bundle_least`` go to a bundle of their region.

    ``sheets_per_file`` cuts the output into volumes, 0 means one file. ``printer`` names a calibration in
    ``printers``; ``offset_x`` and ``offset_y`` move everything right and down by millimetres on top of it.
    ``outlines`` draws the labels' edges for a proof on plain paper, ``crop_marks`` marks for cutting.
    """

    sheet: str = "A-one 28369"
    sheets: Mapping[str, OwnSheet] = field(default_factory=dict)
    start: int | Literal["continue"] = 1
    writing: Literal["horizontal", "vertical"] = "horizontal"
    honorific: str = "様"
    font: Literal["gothic", "mincho"] = "gothic"
    font_file: str = ""
    fallback_fonts: tuple[str, ...] = ()
    barcode: Literal["auto", "required", "none"] = "auto"
    digits: Literal["half", "as_given"] = "half"
    sender: tuple[str, ...] = ()
    free_line: str = ""
    postage: Literal["none", "料金別納", "料金後納"] = "none"
    postage_office: str = ""
    numbered: bool = False
    notice: Literal["print", "enclosed"] = "print"
    notice_text: str = NOTICE
    order: Literal["list", "area"] = "list"
    area_list: str = ""
    bundle: int = 0
    bundle_least: int = 10
    sheets_per_file: int = 0
    printer: str = ""
    printers: Mapping[str, Printer] = field(default_factory=dict)
    offset_x: float = 0.0
    offset_y: float = 0.0
    outlines: bool = False
    crop_marks: bool = False

    @property
    def stock(self) -> Sheet:
        """The sheet that is printed on."""
        return find_sheet(self.sheet, self.sheets)

    @property
    def offset(self) -> tuple[float, float]:
        """How far everything is moved right and down, in millimetres."""
        printer = self.printers.get(self.printer, Printer())
        return self.offset_x + printer.x, self.offset_y + printer.y

    def __post_init__(self) -> None:
        """Refuse what no sheet can hold; ``ValueError`` says what is wrong."""
        sheet = self.stock
        if self.start != "continue" and not 1 <= self.start <= sheet.labels:
            raise ValueError(
                _("start must be 1 to {labels} on this sheet, or continue").format(labels=sheet.labels)
            )
        if min(self.sheets_per_file, self.bundle, self.bundle_least) < 0:
            raise ValueError(_("sheets_per_file, bundle and bundle_least must not be negative"))
        if max(abs(self.offset_x), abs(self.offset_y)) > _LARGEST_OFFSET:
            raise ValueError(_("offsets must not exceed {most} mm").format(most=_LARGEST_OFFSET))
        if self.printer and self.printer not in self.printers:
            known = ", ".join(self.printers) or _("none")
            raise ValueError(_("printer: no such calibration (there are: {known})").format(known=known))
        self._check_bars(sheet)
        self._check_layout(sheet)

    def _check_bars(self, sheet: Sheet) -> None:
        if self.barcode == "required" and not sheet.grid:
            raise ValueError(_("barcode=required: this sheet is too narrow for the customer barcode"))
        if self.bundle and self.order != "area":
            raise ValueError(_("bundle needs order=area"))
        if self.bundle and self.bundle_least > self.bundle:
            raise ValueError(_("bundle_least must not exceed bundle"))

    def _check_layout(self, sheet: Sheet) -> None:
        if self.writing == "vertical" and sheet.height < sheet.width * _TALL:
            raise ValueError(_("writing=vertical: this sheet's labels are not tall enough"))
        if self.postage != "none" and (self.writing == "vertical" or sheet.height < MARK_HEIGHT):
            raise ValueError(
                _("postage: the mark needs horizontal labels at least {least} mm high").format(
                    least=MARK_HEIGHT
                )
            )
