"""Compressing pages."""

from __future__ import annotations

import sys
import zlib
from importlib.util import find_spec, module_from_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.pdf.deflate import deflated, inflated


@given(st.binary(max_size=2000))
def test_every_reader_of_zlib_reads_what_was_compressed(data: bytes) -> None:
    assert (
        zlib.decompress(deflated(data)) == inflated(deflated(data)) == inflated(zlib.compress(data)) == data
    )


@pytest.mark.parametrize(
    "spoilt", [slice(0, -6), slice(3, None), slice(0)], ids=["end", "beginning", "nothing"]
)
def test_damaged_data_are_refused(spoilt: slice) -> None:
    with pytest.raises(ValueError, match=r"."):
        inflated(deflated(b"12 0 Td" * 100)[spoilt])


def test_zlib_takes_its_place_where_isa_l_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "isal", None)
    specification = find_spec("gateway.pdf.deflate")
    assert specification
    assert specification.loader
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    packed = module.deflated(b"12 0 Td" * 100)
    assert packed == zlib.compress(b"12 0 Td" * 100, 1)
    assert inflated(packed) == module.inflated(deflated(b"12 0 Td" * 100))
    with pytest.raises(ValueError, match=r"."):
        module.inflated(packed[:-6])
