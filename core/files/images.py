"""Images are never kept as they came: they are drawn again, without what they say in secret.

A photo from a phone holds the place where it was taken, sometimes a name or a first version of
itself. Drawn again, only its pixels remain; a file that is an image *and* something else too.
"""

from __future__ import annotations

import io
from typing import IO, Any

from PIL import Image, ImageCms, ImageOps, ImageSequence

from core.files.errors import TooManyPixels, UnreadableFile

# WebP and GIF are decoded in several copies at once.
MAX_PIXELS = {"PNG": 40_000_000, "JPEG": 40_000_000, "WEBP": 12_500_000, "GIF": 12_500_000}
MAX_FRAMES = 300
MAX_FRAME_PIXELS = 40_000_000
# Above this an image is drawn at half its size; most phones take smaller ones. Two copies of such
# an image are 200 MB, which is what one upload may take.
LARGE = 25_000_000
STRIP = 256
PHOTO_SIDE = 256
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}


def redrawn(content: IO[bytes], content_type: str) -> tuple[bytes, int, int]:
    """The same image drawn again, upright, without metadata: (bytes, width, height).

    One of more than 25 million pixels is drawn at half its size. Raises `TooManyPixels` or
    `UnreadableFile`.
    """
    format_ = FORMATS[content_type]
    image = _opened(content, format_)
    try:
        if getattr(image, "is_animated", False) and format_ in {"GIF", "WEBP"}:
            return _redraw_animation(image, format_), image.width, image.height
        image = _upright(image)
        # The one before is let go here: two of them are never held longer than it takes.
        image = _bare(image, format_)
        return _drawn(image, format_), image.width, image.height
    except _BROKEN:
        raise UnreadableFile from None


def square(content: IO[bytes], content_type: str) -> bytes:
    """The middle of an image as a WebP of 256 pixels a side, for a profile."""
    image = _opened(content, FORMATS[content_type])
    try:
        small = ImageOps.fit(_upright(image).convert("RGB"), (PHOTO_SIDE, PHOTO_SIDE))
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
    frames = getattr(image, "n_frames", 1) if pixels <= MAX_PIXELS[expected] else 1
    too_long = frames > MAX_FRAMES or (frames > 1 and pixels * frames > MAX_FRAME_PIXELS)
    if pixels > MAX_PIXELS[expected] or too_long:
        raise TooManyPixels
    return image


def _upright(image: Image.Image) -> Image.Image:
    """The image in the colours of screens, turned as it was meant, and not too large."""
    if image.width * image.height > LARGE:
        # A JPEG is decoded at half its size; the others are reduced once decoded.
        image.draft(None, (image.width // 2, image.height // 2))
        image.load()
        if image.width * image.height > LARGE:
            image = _halved(image)
    image = _in_srgb(image)
    ImageOps.exif_transpose(image, in_place=True)
    return image


def _halved(image: Image.Image) -> Image.Image:
    """The image at half its size, strip by strip: no other copy of it is as large as itself."""
    mode = {"P": "RGBA", "1": "L", "I;16": "I"}.get(image.mode, image.mode)
    width, height = image.width // 2, image.height // 2
    half = Image.new(mode, (max(1, width), max(1, height)))
    for top in range(0, 2 * height, STRIP):
        strip = image.crop((0, top, max(1, 2 * width), min(top + STRIP, 2 * height)))
        half.paste(strip.convert(mode).reduce(2), (0, top // 2))
    half.info = dict(image.info)
    return half.convert(image.mode) if image.mode == "I;16" else half


def _drawn(image: Image.Image, format_: str) -> bytes:
    small = image.width * image.height < 4_000_000
    options: dict[str, dict[str, Any]] = {
        # Progressive needs all of the image at once, another time.
        "JPEG": {"quality": 88, "progressive": small, "optimize": small},
        "PNG": {"optimize": small},
        "WEBP": {"quality": 86, "method": 4},
        "GIF": {},
    }
    return _saved(image, format_, **options[format_])


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
