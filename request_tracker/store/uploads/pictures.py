"""Pictures that many programs of an office cannot open (HEIC of telephones, WEBP): the bytes in, a JPEG out.

What ``photographs`` takes away is gone here too: place, time, telephone, preview, comments. How the camera was held is
turned into the picture.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pi_heif
from PIL import Image, ImageOps

from request_tracker.store.photographs import MAX_PIXELS, TURNED_QUALITY, clean_here
from request_tracker.store.picture_work import Spoiled
from request_tracker.store.uploads.faults import CleanFile, spoiled

PAPER = "white"  # What shines through where a picture is transparent: it lies on paper.
BRANDS_WITHIN = 128  # Bytes: telephones name three to six brands of four.
# The brands of ISO 23008-12 (HEIC and its collections) that stand after "ftyp" in the first box.
_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"))
pi_heif.register_heif_opener(thumbnails=False)


def clean_photograph(content: bytes) -> CleanFile:
    """A JPEG or PNG with nothing but its picture. Raises Spoiled."""
    return CleanFile(clean_here(content))


def to_jpeg(content: bytes) -> CleanFile:
    """A HEIC or WEBP as a JPEG; of one that moves its first picture. Raises Spoiled."""
    with opened(content, ("HEIF", "WEBP")) as picture:
        bare = flat(ImageOps.exif_transpose(picture))
        bare.info.clear()
        out = io.BytesIO()
        bare.save(out, "JPEG", quality=TURNED_QUALITY)
        return CleanFile(out.getvalue(), ".jpg", "image/jpeg")


def is_heif(content: bytes) -> bool:
    """True where the first box names a brand of HEIC, as its own or among those it is compatible with."""
    if content[4:8] != b"ftyp":
        return False
    brands = content[8 : min(int.from_bytes(content[:4]), BRANDS_WITHIN)]
    return any(brands[at : at + 4] in _HEIF_BRANDS for at in range(0, len(brands), 4))


@contextmanager
def opened(content: bytes, formats: tuple[str, ...]) -> Iterator[Image.Image]:
    """A picture that is not too large; whatever goes wrong while it is worked on is Spoiled."""
    try:
        with Image.open(io.BytesIO(content), formats=formats) as picture:
            check_size(picture)
            yield picture
    except (Spoiled, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise spoiled("pixels") from error
    except Exception as error:
        # Pillow's readers raise what a broken byte makes of them: SyntaxError, struct.error, TypeError and more.
        raise spoiled("picture") from error


def check_size(picture: Image.Image) -> None:
    """Raises Spoiled for more pixels than the machine should hold at once; nothing is unpacked yet."""
    if picture.width * picture.height > MAX_PIXELS:
        raise spoiled("pixels")


def flat(picture: Image.Image) -> Image.Image:
    """The picture as it looks on paper, in grey or in colours."""
    if picture.mode in ("L", "RGB"):
        return picture
    if picture.mode.startswith("I;16"):
        # Sixteen bits of grey become eight: the upper half of each.
        return picture.convert("I").point(lambda level: level / 256).convert("L")
    if not picture.has_transparency_data:
        return picture.convert("L" if picture.mode == "1" else "RGB")
    over = picture.convert("RGBA")
    paper = Image.new("RGB", over.size, PAPER)
    paper.paste(over, mask=over.getchannel("A"))
    return paper
