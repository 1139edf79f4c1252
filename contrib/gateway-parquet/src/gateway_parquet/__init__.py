"""Parquet: ``gateway deliver --format parquet``."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import OutputFormat, hookimpl


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format; pyarrow is imported when it is first needed."""
    from gateway_parquet.table import read_back, render

    yield OutputFormat(
        name="parquet",
        summary="Parquet, one row per person",
        purposes={"dm", "telemarketing"},
        method="file",
        fields={"name", "kana", "address", "phone"},
        render=render,
        read_back=read_back,
    )
