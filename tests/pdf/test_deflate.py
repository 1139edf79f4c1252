"""Compressing pages."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.pdf.deflate import deflated, inflated


@given(st.binary(max_size=2000))
def test_every_reader_of_zlib_reads_what_was_compressed(data: bytes) -> None:
    assert zlib.decompress(deflated(data)) == inflated(zlib.compress(data)) == data


@pytest.mark.parametrize(
    "spoilt", [slice(0, -6), slice(3, None), slice(0)], ids=["end", "beginning", "nothing"]
)
def test_damaged_data_are_refused(spoilt: slice) -> None:
    with pytest.raises(ValueError, match=r"."):
        inflated(deflated(b"12 0 Td" * 100)[spoilt])
