"""Photographs without their secrets: a JPEG or PNG in, the same picture with nothing but its picture out.

Where and when it was taken, by which telephone, the small preview, comments and whatever was hung on behind are gone
(UU 27/2022: no more personal data than needed). How the camera was held is turned into the picture first. A picture
takes seconds and its pixels times four of memory, several times over, so it is written in a child process.
"""

import io

from PIL import Image, ImageOps

from request_tracker.store.picture_work import Spoiled
from request_tracker.store.uploads.faults import PICTURE, PIXELS

MAX_PIXELS = 50_000_000  # Telephones take 12 to 50 million; at four bytes a pixel this is 200 MB while it is written.
TURNED_QUALITY = 92  # A turned JPEG must be written anew; above 90 the eye sees no loss.
QUICK_PNG = 2  # zlib's level: a little larger than the default 6, in a fraction of its time.
_ORIENTATION = 0x0112  # The tag "Orientation" of TIFF 6.0 and Exif; 1 is upright.
_FORMATS = ("JPEG", "PNG")


class TooLarge(ValueError):
    """A picture with more pixels than the machine should hold at once."""


def clean_here(content: bytes) -> bytes:
    """The picture alone, in this process: what the child does. Raises Spoiled with the reason, for a person."""
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise TooLarge
            return _written(picture)
    except (TooLarge, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Spoiled(PIXELS) from error
    except MemoryError:
        raise  # The child's bound: told as too heavy, not as damaged.
    except Exception as error:
        # Pillow's readers raise what a broken byte makes of them: SyntaxError, struct.error, TypeError and more.
        raise Spoiled(PICTURE) from error


def _written(picture: Image.Image) -> bytes:
    turned = ImageOps.exif_transpose(picture)
    as_it_was = turned.size == picture.size and picture.getexif().get(_ORIENTATION, 1) == 1
    out = io.BytesIO()
    if picture.format == "PNG":
        bare = turned.copy()
        # Transparency is part of the picture; texts, times and colour profiles are not.
        bare.info = {key: value for key, value in picture.info.items() if key == "transparency"}
        bare.save(out, "PNG", compress_level=QUICK_PNG)
        return out.getvalue()
    if as_it_was and picture.format == "JPEG":
        picture.load()
        picture.info.clear()
        # "keep" takes the quantization tables of the original: decoded and encoded again, and nothing is lost.
        picture.save(out, "JPEG", quality="keep")
        return out.getvalue()
    turned.info.clear()
    turned.save(out, "JPEG", quality=TURNED_QUALITY)
    return out.getvalue()
