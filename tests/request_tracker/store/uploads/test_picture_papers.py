"""Pictures of telephones and scanners: HEIC, WEBP and TIFF become what every office opens, without their secrets."""

import io
from typing import cast

import pikepdf
import pytest
from PIL import Image
from tracker_papers import SECRETS, heic, photograph, scan

from request_tracker.store.picture_work import Spoiled
from request_tracker.store.uploads import pictures, scans
from request_tracker.store.uploads.kinds import KINDS
from request_tracker.store.uploads.pdf import clean_pdf


def kept(kind: str, content: bytes) -> bytes:
    assert KINDS[kind].begins(content)
    return KINDS[kind].examine(content).content


def size(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as picture:
        assert not picture.getexif()
        return picture.size


@pytest.mark.parametrize("turned", [1, 6])
def test_X_PDP_a_heic_becomes_an_upright_jpeg_without_place_and_telephone(turned: int) -> None:
    given = heic((64, 48), turned)
    assert SECRETS[0] in given
    made = kept("heic", given)
    assert made.startswith(b"\xff\xd8\xff") and not any(secret in made for secret in SECRETS)
    assert size(made) == ((48, 64) if turned == 6 else (64, 48))


@pytest.mark.parametrize("turned", [1, 6])
def test_X_PDP_a_webp_becomes_an_upright_jpeg_without_place_and_telephone(turned: int) -> None:
    made = kept("webp", photograph("WEBP", turned))
    assert size(made) == ((24, 40) if turned == 6 else (40, 24)) and not any(secret in made for secret in SECRETS)


def test_what_is_transparent_lies_on_white_paper() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "WEBP")
    with Image.open(io.BytesIO(kept("webp", out.getvalue()))) as picture:
        assert picture.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_a_scan_of_many_pages_becomes_a_pdf_of_as_many_pages_of_their_size(mode: str) -> None:
    made = kept("tiff", scan(3, mode))
    assert clean_pdf(made).content == made
    with pikepdf.open(io.BytesIO(made)) as opened:
        # 200 by 300 pixels at 200 dpi, in points of which 72 are an inch.
        assert [[float(side) for side in page.mediabox] for page in opened.pages] == [[0, 0, 72, 108]] * 3


def test_black_and_white_stays_so_and_loses_nothing() -> None:
    with pikepdf.open(io.BytesIO(kept("tiff", scan(2)))) as opened:
        image = pikepdf.PdfImage(cast(pikepdf.Stream, next(iter(opened.pages[1].get_images().values()))))
        picture = image.as_pil_image()
        assert picture.mode == "1" and (picture.getpixel((39, 39)), picture.getpixel((41, 39))) == (0, 255)


@pytest.mark.parametrize("mode", ["RGBA", "P", "CMYK", "LA", "I;16"])
def test_a_scan_in_any_colours_becomes_a_pdf(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (20, 30)).save(out, "TIFF")
    assert kept("tiff", out.getvalue()).startswith(b"%PDF")


def test_a_scan_says_no_longer_where_and_with_what_it_was_made() -> None:
    out = io.BytesIO()
    Image.new("L", (20, 30)).save(out, "TIFF", description="-6.2088", software="Telepon Budi")
    assert SECRETS[0] in out.getvalue()
    assert not any(secret in kept("tiff", out.getvalue()) for secret in SECRETS)


def test_too_many_pages_or_pixels_are_refused_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "MAX_PAGES", 2)
    with pytest.raises(Spoiled, match="terlalu banyak halamannya"):
        kept("tiff", scan(3))
    monkeypatch.setattr(scans, "MAX_PIXELS_TOGETHER", 70_000)
    with pytest.raises(Spoiled, match="terlalu banyak halamannya"):
        kept("tiff", scan(2))
    monkeypatch.setattr(pictures, "MAX_PIXELS", 1000)
    for kind, content in (("heic", heic()), ("webp", photograph("WEBP", size=(64, 48))), ("tiff", scan(1))):
        with pytest.raises(Spoiled, match="50 megapiksel"):
            kept(kind, content)


@pytest.mark.parametrize(("kind", "content"), [("heic", heic()), ("webp", photograph("WEBP")), ("tiff", scan(1))])
def test_a_picture_cut_short_is_told_as_damaged(kind: str, content: bytes) -> None:
    with pytest.raises(Spoiled, match="gambar ini rusak; ambil foto atau pindai sekali lagi"):
        kept(kind, content[:60])
