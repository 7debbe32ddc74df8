"""Papers handed in are what their names say and nothing besides; photographs lose where and when they were taken."""

import io
import struct
import zlib

import hypothesis
import pytest
from hypothesis import strategies
from PIL import Image
from tracker_papers import ODT_MEMBERS, PDF, SECRETS, WORD_MEMBERS, archive, pdf, photograph

from request_tracker.errors import Refused
from request_tracker.store.upload_check import MAX_FILE_BYTES, MAX_NAME, OPEN_DOCUMENT, WORD, accept

PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF = bytes.fromhex("474946383961010001008000000000ffffff2c00000000010001000002024401003b")
INTACT, HIDDEN = "yang utuh", "tersembunyi berkas jenis lain"


def header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "name", "mime"),
    [
        (PDF, "surat.pdf", "application/pdf"),
        (photograph(), "FOTO.JPEG", "image/jpeg"),
        (photograph("PNG"), "foto.png", "image/png"),
        (archive(*WORD_MEMBERS), "surat.docx", WORD),
        (archive(*ODT_MEMBERS), "surat.odt", OPEN_DOCUMENT),
    ],
)
def test_PKL_B_01_whole_papers_of_the_five_kinds_are_taken(content: bytes, name: str, mime: str) -> None:
    paper = accept(content, name)
    assert (paper.name, paper.mime) == (name, mime)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("turned", [1, 6])
def test_X_PDP_a_photograph_keeps_its_picture_and_nothing_else(form: str, turned: int) -> None:
    given = photograph(form, turned)
    assert all(secret in given for secret in SECRETS[:2]) and b"<script>" in given
    kept = accept(given, f"foto.{form.lower()}").content
    assert not any(secret in kept for secret in (*SECRETS, b"Exif", b"eXIf", b"<script>"))
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == ((24, 40) if turned == 6 else (40, 24))
        assert not picture.getexif()
        corner: object = picture.convert("L").getpixel((picture.width - 1, 0))
    assert isinstance(corner, int) and corner < 16


def test_a_picture_that_needs_no_turning_is_not_compressed_again() -> None:
    with (
        Image.open(io.BytesIO(photograph())) as given,
        Image.open(io.BytesIO(accept(photograph(), "a.jpg").content)) as kept,
    ):
        assert given.tobytes() == kept.tobytes()


REFUSED: dict[str, tuple[bytes, str, str]] = {
    "PDF and HTML": (pdf(PAGE), "surat.pdf", HIDDEN),
    "PDF and SVG": (pdf(SVG), "surat.pdf", HIDDEN),
    "HTML behind a PDF": (PDF + b" " * 2000 + PAGE, "surat.pdf", "isi lain di belakangnya"),
    "PDF and ZIP": (archive(("a.txt", "a"), before=PDF), "surat.pdf", HIDDEN),
    "PDF with a program": (pdf(b"/S /JavaScript /JS (app.alert)"), "surat.pdf", "berisi program"),
    "PDF cut short": (PDF[:30], "surat.pdf", "terpotong"),
    "PDF after something else": (b"MZ" + PDF, "surat.pdf", INTACT),
    "GIF and ZIP": (archive(*WORD_MEMBERS, before=GIF), "surat.docx", INTACT),
    "GIF and ZIP as picture": (archive(*WORD_MEMBERS, before=GIF), "foto.gif", INTACT),
    "ZIP after another ZIP": (archive(*WORD_MEMBERS, before=b"PK\x03\x04" + b"\0" * 60), "surat.docx", "isi lain"),
    "ZIP with a remark": (archive(*WORD_MEMBERS, comment=PAGE), "surat.docx", "isi lain"),
    "SVG with script": (SVG, "gambar.svg", INTACT),
    "SVG called PNG": (SVG, "gambar.png", INTACT),
    "HTML called PDF": (PAGE, "surat.pdf", INTACT),
    "HTML called JPG": (PAGE, "foto.jpg", INTACT),
    "HTML": (PAGE, "surat.html", INTACT),
    "two endings": (PDF, "surat.pdf.exe", INTACT),
    "no ending": (PDF, ".pdf", INTACT),
    "PNG called JPG": (photograph("PNG"), "foto.jpg", INTACT),
    "JPEG of a few bytes": (b"\xff\xd8\xff" + PAGE, "foto.jpg", "gambar ini rusak"),
    "PNG of a few bytes": (b"\x89PNG\r\n\x1a\n" + PAGE, "foto.png", "gambar ini rusak"),
    "many pixels": (header(9_000, 6_000), "foto.png", "50 megapiksel"),
    "very many pixels": (header(60_000, 60_000), "foto.png", "50 megapiksel"),
    "Word that is none": (archive(("a.txt", "a")), "surat.docx", "bukan dokumen"),
    "Word called ODT": (archive(*WORD_MEMBERS), "surat.odt", "bukan dokumen"),
    "Word with macros": (archive(*WORD_MEMBERS, ("word/vbaProject.bin", "x")), "surat.docx", "makro"),
    "ODT with macros": (archive(*ODT_MEMBERS, ("Basic/Standard/a.xml", "x")), "surat.odt", "makro"),
    "a way out": (archive(*WORD_MEMBERS, ("../../a", "x")), "surat.docx", "ke luar berkas"),
    "many members": (archive(*WORD_MEMBERS, *((f"{n}", "") for n in range(2001))), "surat.docx", "terlalu besar"),
    "ZIP cut short": (archive(*WORD_MEMBERS)[:-30], "surat.docx", "rusak"),
    "ZIP with a wrong byte": (archive(*WORD_MEMBERS).replace(b"<w:document/>", b"<w:documenu/>"), "a.docx", "rusak"),
    "too large": (PDF + b" " * MAX_FILE_BYTES, "surat.pdf", "10 MB"),
    "empty": (b"", "surat.pdf", INTACT),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_paper_is_refused_with_its_reason(case: str) -> None:
    content, name, reason = REFUSED[case]
    with pytest.raises(Refused, match=reason):
        accept(content, name)


def test_a_document_that_unpacks_to_very_much_is_refused_before_it_is_unpacked() -> None:
    small = archive(*WORD_MEMBERS, ("word/a.xml", "0"))
    at = small.rindex(b"word/a.xml") - 46 + 24
    with pytest.raises(Refused, match="terlalu besar setelah dibuka"):
        accept(small[:at] + struct.pack("<I", 2**31) + small[at + 4 :], "surat.docx")


def test_a_name_is_short_has_no_folders_and_keeps_its_ending() -> None:
    assert accept(PDF, "../../etc/cron.d/surat.pdf").name == "etc_cron.d_surat.pdf"
    long = accept(PDF, "s" * 300 + ".pdf").name
    assert (len(long), long.endswith(".pdf")) == (MAX_NAME, True)
    assert accept(PDF, "surat\r\nSet-Cookie: a=b.pdf").name == "surat_Set-Cookie_ab.pdf"


@hypothesis.settings(max_examples=150, deadline=None, database=None, derandomize=True)
@hypothesis.given(
    which=strategies.sampled_from(["a.pdf", "a.jpg", "a.png", "a.docx", "a.odt"]),
    places=strategies.lists(strategies.tuples(strategies.integers(0, 2000), strategies.integers(0, 255)), max_size=8),
    end=strategies.integers(4, 4000),
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_broken_bytes_are_taken_or_refused_and_nothing_else(
    which: str, places: list[tuple[int, int]], end: int
) -> None:
    whole = {"a.pdf": PDF, "a.jpg": photograph(), "a.png": photograph("PNG")}
    content = bytearray(whole.get(which) or archive(*(WORD_MEMBERS if which == "a.docx" else ODT_MEMBERS)))
    for place, value in places:
        content[place % len(content)] = value
    try:
        accept(bytes(content[:end]), which)
    except Refused as error:
        assert which in error.text()
