"""Estimate Japan Post's discounts for bulk mail from a dated data file; it is an estimate, never a bill."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A kind of discount: from how many pieces which rate applies, in per cent, ascending."""

    name: str
    rates: tuple[tuple[int, float], ...]

    def estimate(self, pieces: int) -> Estimate:
        """Return the rate for a number of pieces, and what is missing to the next one."""
        reached = [rate for least, rate in self.rates if pieces >= least]
        beyond = [(least, rate) for least, rate in self.rates if pieces < least]
        following = beyond[0] if beyond else (0, 0.0)
        return Estimate(
            scheme=self.name,
            pieces=pieces,
            rate=reached[-1] if reached else 0.0,
            missing=following[0] - pieces if following[0] else 0,
            next_rate=following[1],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a scheme would give: ``missing`` pieces more would reach ``next_rate``; 0 where there is none."""

    scheme: str
    pieces: int
    rate: float
    missing: int
    next_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Discounts:
    """The schemes, the day they were read, and where."""

    as_of: date
    source: str
    barcoded: Scheme
    sorted_by_area: Scheme
    sorted_for_office: Scheme


@cache
def discounts() -> Discounts:
    """Read the packaged data file."""
    table = tomllib.loads(files("gateway_labels").joinpath("discounts.toml").read_text(encoding="utf-8"))

    def scheme(key: str) -> Scheme:
        rates = tuple((int(least), float(rate)) for least, rate in table[key]["rates"])
        return Scheme(name=table[key]["name"], rates=rates)

    return Discounts(
        as_of=table["as_of"],
        source=table["source"],
        barcoded=scheme("barcoded"),
        sorted_by_area=scheme("sorted_by_area"),
        sorted_for_office=scheme("sorted_for_office"),
    )
