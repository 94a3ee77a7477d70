"""Pictures that people send, made anew: nothing of the file they sent is kept but what it shows.

Content decides what a file is, not its name. Its size is read before anything is decoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import IO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from directory.errors import DirectoryError

BYTES_MAX = 8 * 1024 * 1024
PIXELS_MAX = 50_000_000  # what the cameras of telephones make
SIDE_MIN = 200  # pixels: smaller ones show nothing
SIDE_MAX = 1600
WIDTHS = (480, 960, 1600)
READ = ("JPEG", "PNG", "WEBP")
WHITE = (255, 255, 255)
_JPEG = {"quality": 82, "optimize": True, "progressive": True}
_WEBP = {"quality": 80, "method": 4}

# Pillow would warn, and refuse above twice its limit: here a picture is refused by our own.
Image.MAX_IMAGE_PIXELS = None

# One at a time in each process: a large picture takes 200 MB while it is decoded.
_decoding = Lock()


class NotAPicture(DirectoryError):
    """We cannot read this file. Choose a picture that is a JPEG, PNG or WebP file."""

    status = 422


class TooHeavy(DirectoryError):
    """This picture is larger than 8 MB. Choose a smaller one, or make it smaller first."""

    status = 422


class TooManyPixels(DirectoryError):
    """This picture has more than 50 million points. Choose a smaller one."""

    status = 422


class TooSmall(DirectoryError):
    """This picture is too small to show. Each side needs at least 200 points."""

    status = 422


class Moving(DirectoryError):
    """This picture moves. Choose one that stands still."""

    status = 422


@dataclass(frozen=True)
class Made:
    """The files made of a picture, by name ("480.webp"), and the size of the largest."""

    width: int
    height: int
    files: dict[str, bytes]


def remake(sent: IO[bytes]) -> Made:
    """The picture in `sent`, upright, in a few sizes, each as WebP and as JPEG.

    Raises:
        NotAPicture, TooHeavy, TooManyPixels, TooSmall, Moving: it cannot be taken.
    """
    data = sent.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise TooHeavy
    with _decoding:
        try:
            image = _decoded(data)
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
            raise NotAPicture from error
        files = {}
        for width in widths(image.width):
            height = max(1, round(image.height * width / image.width))
            smaller = image.resize((width, height), Image.Resampling.LANCZOS)
            files[f"{width}.jpg"] = _saved(smaller, "JPEG", _JPEG)
            files[f"{width}.webp"] = _saved(smaller, "WEBP", _WEBP)
    return Made(image.width, image.height, files)


def widths(largest: int) -> list[int]:
    """The widths that are made of a picture, the largest last."""
    return [*(width for width in WIDTHS if width < largest), largest]


def _decoded(data: bytes) -> Image.Image:
    """The picture alone: upright, in the colours of screens, not larger than we show it."""
    with Image.open(BytesIO(data), formats=READ) as image:
        if image.width * image.height > PIXELS_MAX:
            raise TooManyPixels
        if min(image.size) < SIDE_MIN:
            raise TooSmall
        # Cameras put a second picture into a JPEG (then called MPO): that is no film.
        if image.format in {"PNG", "WEBP"} and getattr(image, "n_frames", 1) > 1:
            raise Moving
        image.draft("RGB", (SIDE_MAX, SIDE_MAX))  # a JPEG is decoded no larger than needed
        image.load()
        colours = image.info.get("icc_profile")
        upright = ImageOps.exif_transpose(image)
        flat = _as_screens_show(_flat(upright), colours)
    flat.thumbnail((SIDE_MAX, SIDE_MAX), Image.Resampling.LANCZOS)
    flat.info.clear()  # some of it would be written again
    return flat


def _flat(image: Image.Image) -> Image.Image:
    """Without transparency, on white; in red, green and blue."""
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    if "A" in image.getbands() or "transparency" in image.info:
        ground = Image.new("RGBA", image.size, (*WHITE, 255))
        return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")
    return image if image.mode == "CMYK" else image.convert("RGB")


def _as_screens_show(image: Image.Image, colours: bytes | None) -> Image.Image:
    """In sRGB: without its profile a picture would look pale."""
    if colours:
        try:
            profile = ImageCms.ImageCmsProfile(BytesIO(colours))
            found = ImageCms.profileToProfile(
                image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            found = None  # a profile that is broken, or for other colours than the picture has
        if found is not None:
            return found
    return image.convert("RGB")


def _saved(image: Image.Image, as_what: str, settings: Mapping[str, object]) -> bytes:
    made = BytesIO()
    image.save(made, as_what, **settings)
    return made.getvalue()
