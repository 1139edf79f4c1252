"""The same labels merged by gLabels from a CSV file, where it is installed: a peer of the label benchmark.

It knows no customer barcode: text and the Code128 are all that it draws.
"""

from __future__ import annotations

import csv
import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.labels_drawing import text_rows
from gateway.api import Line
from gateway.pdf.faces import face_path
from gateway.pdf.grid import MILLIMETRE, STEP
from gateway_labels.layout import Plan
from gateway_labels.sheets import Sheet

PROGRAM = "glabels-3-batch"
_FONTS = '<?xml version="1.0"?><fontconfig><dir>{folder}</dir><cachedir>{cache}</cachedir></fontconfig>'
_TEMPLATE = """<?xml version="1.0"?>
<Glabels-document xmlns="http://glabels.org/xmlns/3.0/">
<Template brand="Benchmark" part="1" size="Other" width="{page_width}mm" height="{page_height}mm">
<Label-rectangle id="0" width="{width}mm" height="{height}mm" round="0" x_waste="0" y_waste="0">
<Layout nx="{columns}" ny="{rows}" x0="{left}mm" y0="{top}mm" dx="{pitch_x}mm" dy="{pitch_y}mm"/>
</Label-rectangle></Template>
<Objects id="0" rotate="False">{objects}</Objects>
<Merge type="Text/Comma/Line1Keys" src="{source}"/>
</Glabels-document>
"""
_TEXT = (
    '<Object-text a0="1" a1="0" a2="0" a3="1" a4="0" a5="0" x="{x}pt" y="{y}pt" w="{room}pt" h="{height}pt" justify="left" valign="top" auto_shrink="False">'
    '<Span font_family="Noto Sans JP" font_size="{size}" font_weight="Regular" font_italic="False" '
    'color="0x000000ff" line_spacing="1"><Field name="{name}"/></Span></Object-text>'
)
_CODE = (
    '<Object-barcode a0="1" a1="0" a2="0" a3="1" a4="0" a5="0" x="{x}pt" y="{y}pt" w="{width}pt" h="{height}pt" style="Code128" backend="gnu-barcode" '
    'text="False" checksum="True" color="0x000000ff" field="code"/>'
)
_COLUMNS = ("postal", "address", "building", "name", "code")


def write(path: Path, lines: Iterable[Line], sheet: Sheet, plan: Plan) -> None:
    """Write all labels to one file."""
    folder = path.parent
    source, template, fonts = (folder / name for name in ("merge.csv", "merge.glabels", "fonts.conf"))
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows(_values(line, plan) for line in lines)
    template.write_text(_template(sheet, plan, source), encoding="utf-8")
    fonts.write_text(_FONTS.format(folder=face_path().parent, cache=folder / "fonts"), encoding="utf-8")
    subprocess.run(
        [PROGRAM, f"--output={path}", str(template)],
        check=True,
        capture_output=True,
        env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
    )


def _values(line: Line, plan: Plan) -> list[str]:
    postal, address, *building, name, code = [text for _, _, _, text in text_rows(line, plan)]
    return [postal, address, "".join(building), name, code]


def _template(sheet: Sheet, plan: Plan, source: Path) -> str:
    return _TEMPLATE.format(
        page_width=sheet.page_width,
        page_height=sheet.page_height,
        width=sheet.width,
        height=sheet.height,
        columns=sheet.columns,
        rows=sheet.rows,
        left=sheet.left,
        top=sheet.top,
        pitch_x=sheet.width + sheet.gap_x,
        pitch_y=sheet.height + sheet.gap_y,
        objects="".join(_objects(sheet, plan)),
        source=source,
    )


def _objects(sheet: Sheet, plan: Plan) -> Iterator[str]:
    top = sheet.height * MILLIMETRE
    size = plan.body_sizes[0]
    first, second = plan.baselines(size, 2, 0)[0]
    baselines = (
        (plan.postal.x, plan.postal.y, plan.postal.size),
        (plan.postal.x, first, size),
        (plan.postal.x, second, size),
        (plan.name.x, plan.name.y, plan.name.size),
        (plan.code_text.x, plan.code_text.y, plan.code_text.size),
    )
    for name, (x, y, each) in zip(_COLUMNS, baselines, strict=True):
        yield _TEXT.format(x=x, y=top - y - each, room=plan.room, height=each * 1.2, size=each, name=name)
    height = plan.code_height * STEP
    yield _CODE.format(
        x=plan.code[0], y=top - plan.code[1] - height, width=plan.room - plan.code[0], height=height
    )
