"""Images are never kept as they came: they are drawn again, without what they say in secret.

A photo from a phone holds the place where it was taken, sometimes a name or a first version of
itself. Drawn again, only its pixels remain; a file that is an image *and* something else too.
"""

from __future__ import annotations

import io
from typing import IO, Any

from PIL import Image, ImageCms, ImageOps, ImageSequence

from core.files.errors import TooManyPixels, UnreadableFile

MAX_PIXELS = 40_000_000
MAX_FRAMES = 300
MAX_FRAME_PIXELS = 160_000_000
PHOTO_SIDE = 256
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}


def redrawn(content: IO[bytes], content_type: str) -> tuple[bytes, int, int]:
    """The same image drawn again, upright, without metadata: (bytes, width, height).

    Raises `TooManyPixels` or `UnreadableFile`.
    """
    with _opened(content, FORMATS[content_type]) as image:
        try:
            return _redraw(image, FORMATS[content_type])
        except _BROKEN:
            raise UnreadableFile from None


def square(content: IO[bytes], content_type: str) -> bytes:
    """The middle of an image as a WebP of 256 pixels a side, for a profile."""
    with _opened(content, FORMATS[content_type]) as image:
        try:
            upright = ImageOps.exif_transpose(_in_srgb(image))
            small = ImageOps.fit(upright.convert("RGB"), (PHOTO_SIDE, PHOTO_SIDE))
            return _saved(small, "WEBP", quality=82, method=6)
        except _BROKEN:
            raise UnreadableFile from None


# Pillow says in many ways that a file is damaged.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, MemoryError)


def _opened(content: IO[bytes], expected: str) -> Image.Image:
    content.seek(0)
    try:
        image = Image.open(content, formats=[expected])
    except Image.DecompressionBombError:
        raise TooManyPixels from None
    except (*_BROKEN, Image.DecompressionBombWarning):
        raise UnreadableFile from None
    pixels = image.width * image.height
    frames = getattr(image, "n_frames", 1) if pixels <= MAX_PIXELS else 1
    if pixels > MAX_PIXELS or frames > MAX_FRAMES or pixels * frames > MAX_FRAME_PIXELS:
        image.close()
        raise TooManyPixels
    return image


def _redraw(image: Image.Image, format_: str) -> tuple[bytes, int, int]:
    if getattr(image, "is_animated", False) and format_ in {"GIF", "WEBP"}:
        return _redraw_animation(image, format_), image.width, image.height
    upright = ImageOps.exif_transpose(_in_srgb(image))
    bare = _bare(upright, format_)
    options: dict[str, dict[str, Any]] = {
        "JPEG": {"quality": 88, "progressive": True, "optimize": True},
        "PNG": {"optimize": bare.width * bare.height < 4_000_000},
        "WEBP": {"quality": 86, "method": 4},
        "GIF": {},
    }
    return _saved(bare, format_, **options[format_]), bare.width, bare.height


def _redraw_animation(image: Image.Image, format_: str) -> bytes:
    durations = []
    frames = []
    for frame in ImageSequence.Iterator(image):
        durations.append(frame.info.get("duration", 100))
        frames.append(_bare(frame, format_))
    return _saved(
        frames[0],
        format_,
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=image.info.get("loop", 0),
    )


def _in_srgb(image: Image.Image) -> Image.Image:
    """In the colours of all screens: the profile that explains others leaves with the metadata."""
    profile = image.info.get("icc_profile")
    image.load()
    if profile and image.mode in {"RGB", "RGBA", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode=mode
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            return image
        return converted or image
    return image


def _bare(image: Image.Image, format_: str) -> Image.Image:
    """The pixels alone, in a mode that the format knows."""
    if format_ == "JPEG":
        image = image if image.mode in {"L", "RGB"} else image.convert("RGB")
    elif format_ == "WEBP" or (format_ == "PNG" and image.mode == "P"):
        transparent = "A" in image.getbands() or "transparency" in image.info
        image = image.convert("RGBA" if transparent else "RGB")
    elif format_ == "GIF":
        image = image.convert("RGBA")
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


def _saved(image: Image.Image, format_: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()
