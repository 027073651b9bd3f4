"""An address as a QR code, drawn in SVG: one path, no style, any size."""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

# Signs around the code that stay white, without which a telephone does not see it.
MARGIN = 2


@lru_cache(maxsize=512)
def path(address: str) -> tuple[int, str]:
    """How many signs wide the code is, and the outline of the black ones: a run of them is one
    rectangle."""
    import qrcode

    code = qrcode.QRCode(border=MARGIN, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(address)
    rows = code.get_matrix()
    runs = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            width = 0
            while x + width < len(row) and row[x + width]:
                width += 1
            if width:
                runs.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width or 1
    return len(rows), "".join(runs)


def picture(address: str) -> str:
    """The code as a file of its own, black on white."""
    side, outline = path(address)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'width="{side * 8}" height="{side * 8}"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#000" d="{outline}"/></svg>'
    )


def inline(address: str, label: str) -> SafeString:
    """The code inside a page; `label` is what it says to who does not see it."""
    side, outline = path(address)
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}"><path d="{}"/></svg>',
        label,
        side,
        side,
        outline,
    )
