"""Scans as TIFF, of one page or many: the bytes in, a PDF with the same pages out.

Black and white stays so and loses nothing (fax group 4, as scanners write it); grey and colour become JPEG pages. What
else a TIFF carries (place, machine, software, private tags) is gone, as with photographs.
"""

import io
from collections.abc import Iterator

import pikepdf
from PIL import Image, ImageOps

from request_tracker.store.uploads.faults import CleanFile, spoiled
from request_tracker.store.uploads.pictures import check_size, flat, opened

MAX_PAGES = 300  # A thick file of an office; its scan at 300 dpi in black and white is some 15 MB.
# All pages together: 100 pages of A4 at 300 dpi are 870 million pixels, some ten seconds of work.
MAX_PIXELS_TOGETHER = 1_000_000_000
PAGE_QUALITY = 85  # Text stays sharp to the eye; a page of A4 at 300 dpi takes about half a megabyte.
SCANNERS_DPI = 300.0  # Where a TIFF does not say it, as a photograph saved as TIFF: the usual setting of an office.
_CREDIBLE_DPI = range(50, 2401)  # Fax is 98, the best flatbed 2400; what is outside is a wrong unit.


def to_pdf(content: bytes) -> CleanFile:
    """The pages as one PDF. Raises Spoiled."""
    with opened(content, ("TIFF",)) as scan, pikepdf.new() as pdf:
        pixels = 0
        for page in _pages(scan):
            pixels += page.width * page.height
            if len(pdf.pages) >= MAX_PAGES or pixels > MAX_PIXELS_TOGETHER:
                raise spoiled("pages")
            with pikepdf.open(io.BytesIO(_page_pdf(page))) as single:
                pdf.pages.extend(single.pages)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
        return CleanFile(out.getvalue(), ".pdf", "application/pdf")


def is_tiff(content: bytes) -> bool:
    """True where a TIFF begins, of either order of bytes."""
    return content[:4] in (b"II*\0", b"MM\0*")


def _pages(scan: Image.Image) -> Iterator[Image.Image]:
    """Page after page; Pillow refuses a chain of pages that leads back to itself."""
    number = 0
    while True:
        try:
            scan.seek(number)
        except EOFError:
            return
        check_size(scan)
        yield scan
        number += 1


def _page_pdf(page: Image.Image) -> bytes:
    dpi = _resolution(page)
    upright = ImageOps.exif_transpose(page)
    fax = upright.mode == "1"
    bare = upright if fax else flat(upright)
    bare.info.clear()
    out = io.BytesIO()
    bare.save(out, "PDF", resolution=dpi, **({} if fax else {"quality": PAGE_QUALITY}))
    return out.getvalue()


def _resolution(page: Image.Image) -> float:
    resolution = page.info.get("dpi") or (0, 0)
    dpi = float(resolution[0])
    return dpi if round(dpi) in _CREDIBLE_DPI else SCANNERS_DPI
