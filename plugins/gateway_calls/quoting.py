"""Join cells to rows: quoted by RFC 4180, or never, as the target reads them."""

from __future__ import annotations

from collections.abc import Sequence

from gateway_calls.profile import Profile


def join_rows(cells: Sequence[Sequence[str]], profile: Profile, texts: Sequence[int]) -> str:
    """Return the rows of some columns, each with its line end; ``texts`` are the columns that may need quotes.

    Cells hold no line ends, and what a target without quotes cannot hold has been refused before.
    """
    if not cells or not cells[0]:
        return ""
    end = profile.line_end
    if profile.quoting == "all":
        columns = _doubled(cells, texts)
        separator = f'"{profile.delimiter}"'
        return '"' + f'"{end}"'.join(map(separator.join, zip(*columns, strict=True))) + f'"{end}'
    columns = list(cells) if profile.quoting == "none" else _quoted(cells, texts, profile.delimiter)
    return end.join(map(profile.delimiter.join, zip(*columns, strict=True))) + end


def header(profile: Profile) -> str:
    """Return the header row with its line end, or an empty string for a target that has none."""
    if not profile.header:
        return ""
    names = [[column.name] for column in profile.columns]
    return join_rows(names, profile, range(len(names)))


def _doubled(cells: Sequence[Sequence[str]], texts: Sequence[int]) -> list[Sequence[str]]:
    columns = list(cells)
    for place in texts:
        if '"' in "".join(columns[place]):
            columns[place] = [cell.replace('"', '""') for cell in columns[place]]
    return columns


def _quoted(cells: Sequence[Sequence[str]], texts: Sequence[int], delimiter: str) -> list[Sequence[str]]:
    columns = list(cells)
    for place in texts:
        whole = "".join(columns[place])
        if '"' in whole or delimiter in whole:
            columns[place] = [
                '"' + cell.replace('"', '""') + '"' if '"' in cell or delimiter in cell else cell
                for cell in columns[place]
            ]
    return columns
