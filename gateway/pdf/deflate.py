"""Compress what a PDF holds, fast rather than small, and always to the same bytes.

libdeflate takes two thirds of zlib's time for less space. ISA-L takes half, but about one process in a thousand writes
other bytes for the same data (where its buffers lie seems to decide): what was delivered could not be made again.
"""

from __future__ import annotations

import zlib

import deflate

_LEVEL = 1


def deflated(data: bytes) -> bytes:
    """Compress in the format of zlib, which every reader knows."""
    return bytes(deflate.zlib_compress(data, _LEVEL))


def inflated(data: bytes) -> bytes:
    """Decompress the format of zlib; raise ``ValueError`` where the data are damaged."""
    try:
        return zlib.decompress(data)
    except zlib.error as error:
        raise ValueError(str(error)) from None
