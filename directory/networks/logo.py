"""A network's logo: a small PNG, and nothing in it but the picture."""

from __future__ import annotations

import struct
from hashlib import sha256

from directory.errors import DirectoryError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
BYTES_MAX = 100_000
WIDTH_MAX, HEIGHT_MAX = 1200, 600
# What a picture needs; texts, times and places of whoever drew it are left out.
KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs"})


class NotALogo(DirectoryError):
    """Use a PNG picture of at most 100 kB, 1200 pixels wide and 600 high."""

    status = 422


def cleaned(data: bytes) -> bytes:
    """The picture alone.

    Raises:
        NotALogo: it is no PNG, too large, or damaged.
    """
    if len(data) > BYTES_MAX or not data.startswith(SIGNATURE):
        raise NotALogo
    kept, at, kinds = [SIGNATURE], len(SIGNATURE), []
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise NotALogo
        if kind in KEPT:
            kept.append(data[at:end])
            kinds.append(kind)
        at = end
        if kind == b"IEND":
            break
    if not kinds or kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or b"IDAT" not in kinds:
        raise NotALogo
    width, height = struct.unpack(">II", data[16:24])
    if not (0 < width <= WIDTH_MAX and 0 < height <= HEIGHT_MAX):
        raise NotALogo
    return b"".join(kept)


def digest(data: bytes) -> str:
    """A name for this very picture, so that its address changes with it."""
    return sha256(data).hexdigest()[:16]
