"""Join cells to rows: quoted by RFC 4180, or never, as the target reads them."""

from __future__ import annotations

from collections.abc import Sequence

from gateway_calls.cells import is_constant
from gateway_calls.profile import Profile


def join_rows(
    cells: Sequence[Sequence[str]],
    profile: Profile,
    texts: Sequence[int],
    constants: Sequence[Sequence[int]] = (),
) -> str:
    """Return the rows of some columns, each with its line end; ``texts`` are the columns that may need quotes.

    Cells hold no line ends, and what a target without quotes cannot hold has been refused before. ``constants`` are runs
    of neighbouring columns that hold the same in every row: they are joined once.
    """
    if not cells or not cells[0]:
        return ""
    end = profile.line_end
    if profile.quoting == "all":
        separator = f'"{profile.delimiter}"'
        columns = _merged(_doubled(cells, texts), constants, separator)
        return '"' + f'"{end}"'.join(map(separator.join, zip(*columns, strict=True))) + f'"{end}'
    columns = list(cells) if profile.quoting == "none" else _quoted(cells, texts, profile.delimiter)
    columns = _merged(columns, constants, profile.delimiter)
    return end.join(map(profile.delimiter.join, zip(*columns, strict=True))) + end


def constant_runs(profile: Profile) -> list[list[int]]:
    """Return the runs of neighbouring columns whose texts are the same in every row and never need quotes."""
    runs: list[list[int]] = []
    for place, column in enumerate(profile.columns):
        if not is_constant(column) or needs_quotes(column.text, profile):
            continue
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return [run for run in runs if len(run) > 1]


def needs_quotes(text: str, profile: Profile) -> bool:
    """Tell whether a text cannot stand in a row as it is."""
    return '"' in text or profile.delimiter in text


def _merged(
    columns: list[Sequence[str]], constants: Sequence[Sequence[int]], separator: str
) -> list[Sequence[str]]:
    for run in reversed(constants):
        merged = separator.join(columns[place][0] for place in run)
        columns[run[0] : run[-1] + 1] = [[merged] * len(columns[run[0]])]
    return columns


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
