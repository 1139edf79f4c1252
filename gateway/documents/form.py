"""The opt-out request form (オプトアウト依頼書): a page for the person and one for the client."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gateway.documents.client_form import lay_client_page
from gateway.documents.data import RequestForm
from gateway.documents.frame import BOTTOM, Identity, frame_sheets
from gateway.documents.person_form import lay_person_page
from gateway.documents.sheet import Sheet
from gateway.documents.write import write_sheets
from gateway.errors import Refused
from gateway.i18n import _

TITLE = "オプトアウト依頼書"
_MOST_STRETCH = 3.0


def write_request_form(path: Path, form: RequestForm) -> None:
    """Write the form: page 1 for the person, page 2 for the client; A4, legible as a 1-bit fax.

    Asking for a stop takes no reason, evidence or fee (APPI Art. 27(2) nos. 6 and 7, Art. 37(4)).
    Raises ``Refused``: ``missing_glyph`` when a name or address holds a character without glyph, ``desk_too_long``
    when the desk leaves no room for the form.
    """
    sheets = [_fill_page(lay_person_page, form, rows=10), _fill_page(lay_client_page, form, rows=8)]
    frame_sheets(sheets, Identity(label="納品番号", number=form.delivery), document=TITLE)
    write_sheets(path, sheets, title=f"{TITLE} {form.delivery}", created_at=form.created_at)


def _fill_page(
    lay: Callable[[RequestForm, float], tuple[Sheet, float]], form: RequestForm, *, rows: int
) -> Sheet:
    """Lay a page out twice: what the first leaves free goes to the rows that are filled in by hand."""
    sheet, end = lay(form, 0.0)
    if end > BOTTOM:
        raise Refused(
            "desk_too_long",
            _("the opt-out request form has no room for so long a desk, provider or client name"),
            hint=_("shorten [filing.desk] in gateway.toml or the client's name"),
        )
    sheet, _end = lay(form, min(_MOST_STRETCH, max(0.0, BOTTOM - 1.0 - end) / rows))
    return sheet
