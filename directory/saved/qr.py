"""QR codes, made here: no other service learns which list was shared."""

from __future__ import annotations

from io import BytesIO

import segno

# Larger codes exist, but phones cannot read them from a screen or a sheet of paper.
LONGEST = 1100  # letters of an address


def fits(address: str) -> bool:
    """Whether a code of this address would be readable."""
    return len(address.encode()) <= LONGEST


def svg(address: str) -> bytes:
    """The code as an SVG file, ink on white with its quiet zone, four units a module.

    Raises:
        ValueError: the address is too long (see `fits`).
    """
    if not fits(address):
        raise ValueError(f"more than {LONGEST} letters do not fit")
    file = BytesIO()
    segno.make_qr(address, error="l", boost_error=True).save(
        file, kind="svg", scale=4, dark="#1e1915", light="#fff", xmldecl=False, svgclass=None,
        lineclass=None, omitsize=True,
    )  # fmt: skip
    return file.getvalue()
