"""Papers handed in are what their names say and nothing besides; photographs lose where and when they were taken."""

import hashlib
import io
import struct
import zlib

import hypothesis
import pytest
from hypothesis import strategies
from PIL import Image
from tracker_papers import (
    DOC,
    ODS_MEMBERS,
    ODT_MEMBERS,
    PDF,
    RTF_TEXT,
    SECRETS,
    WORD_MEMBERS,
    archive,
    heic,
    pdf,
    photograph,
    scan,
    word,
    workbook,
)

from request_tracker.config import UploadsPart
from request_tracker.errors import Refused
from request_tracker.store.files import PaperFile
from request_tracker.store.picture_work import Spoiled
from request_tracker.store.upload_check import accept
from request_tracker.store.uploads.examination import clean_file, examined, task_of
from request_tracker.store.uploads.kinds import KINDS, advice
from request_tracker.store.uploads.names import MAX_NAME
from request_tracker.store.uploads.office_documents import EXCEL, OPEN_DOCUMENT, OPEN_SHEET, WORD

RULES = UploadsPart()
PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF = bytes.fromhex("474946383961010001008000000000ffffff2c00000000010001000002024401003b")
INTACT, HIDDEN = "yang utuh", "tersembunyi berkas jenis lain"


def take(content: bytes, name: str, rules: UploadsPart = RULES) -> PaperFile:
    return accept(content, name, rules)


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
        (word(), "surat.docx", WORD),
        (workbook(), "daftar.xlsx", EXCEL),
        (archive(*ODT_MEMBERS), "surat.odt", OPEN_DOCUMENT),
        (archive(*ODS_MEMBERS), "daftar.ods", OPEN_SHEET),
        (DOC, "surat lama.doc", "application/msword"),
        (RTF_TEXT, "surat.rtf", "application/rtf"),
        ("01/02/26 10.15 - Budi: jaringan putus ⚠\n".encode(), "chat.txt", "text/plain; charset=utf-8"),
    ],
)
def test_PKL_B_01_whole_papers_of_the_kinds_are_taken(content: bytes, name: str, mime: str) -> None:
    paper = take(content, name)
    assert (paper.name, paper.mime) == (name, mime)


@pytest.mark.parametrize(
    ("content", "name", "kept", "begins"),
    [
        (heic(), "IMG_0001.HEIC", "IMG_0001.jpg", b"\xff\xd8\xff"),
        (photograph("WEBP"), "foto.webp", "foto.jpg", b"\xff\xd8\xff"),
        (scan(1), "pindai.tif", "pindai.pdf", b"%PDF"),
        (scan(3), "pindai.tiff", "pindai.pdf", b"%PDF"),
        (archive(("chat.txt", "halo"), ("IMG.jpg", photograph())), "chat.zip", "chat.zip", b"PK"),
    ],
)
def test_pictures_become_what_every_office_opens_and_the_original_is_named_with_its_hash(
    content: bytes, name: str, kept: str, begins: bytes
) -> None:
    paper = take(content, name)
    assert (paper.name, paper.content.startswith(begins)) == (kept, True)
    assert paper.original == {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    assert take(content, name).content == paper.content


def test_a_file_that_is_kept_as_it_came_has_no_other_original() -> None:
    assert (take(PDF, "surat.pdf").content, take(PDF, "surat.pdf").original) == (PDF, None)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("turned", [1, 6])
def test_X_PDP_a_photograph_keeps_its_picture_and_nothing_else(form: str, turned: int) -> None:
    given = photograph(form, turned)
    assert all(secret in given for secret in SECRETS[:2]) and b"<script>" in given
    kept = take(given, f"foto.{form.lower()}").content
    assert not any(secret in kept for secret in (*SECRETS, b"Exif", b"eXIf", b"<script>"))
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == ((24, 40) if turned == 6 else (40, 24))
        assert not picture.getexif()
        corner: object = picture.convert("L").getpixel((picture.width - 1, 0))
    assert isinstance(corner, int) and corner < 16


def test_a_picture_that_needs_no_turning_is_not_compressed_again() -> None:
    with (
        Image.open(io.BytesIO(photograph())) as given,
        Image.open(io.BytesIO(take(photograph(), "a.jpg").content)) as kept,
    ):
        assert given.tobytes() == kept.tobytes()


REFUSED: dict[str, tuple[bytes, str, str]] = {
    "PDF and HTML": (pdf(PAGE), "surat.pdf", HIDDEN),
    "PDF and SVG": (pdf(SVG), "surat.pdf", HIDDEN),
    "HTML behind a PDF": (PDF + b" " * 2000 + PAGE, "surat.pdf", "isi lain di belakangnya"),
    "PDF and ZIP": (archive(("a.txt", "a"), before=PDF), "surat.pdf", HIDDEN),
    "PDF cut short": (PDF[:30], "surat.pdf", "terpotong"),
    "PDF after something else": (b"MZ" + PDF, "surat.pdf", INTACT),
    "GIF and ZIP": (archive(*WORD_MEMBERS, before=GIF), "surat.docx", INTACT),
    "GIF and ZIP as picture": (archive(*WORD_MEMBERS, before=GIF), "foto.gif", "simpan sebagai JPG"),
    "ZIP after another ZIP": (archive(*WORD_MEMBERS, before=b"PK\x03\x04" + b"\0" * 60), "surat.docx", "isi lain"),
    "ZIP with a remark": (archive(*WORD_MEMBERS, comment=PAGE), "surat.docx", "isi lain"),
    "SVG with script": (SVG, "gambar.svg", "simpan sebagai PDF lewat Berkas > Cetak"),
    "SVG called PNG": (SVG, "gambar.png", INTACT),
    "HTML called PDF": (PAGE, "surat.pdf", INTACT),
    "HTML called JPG": (PAGE, "foto.jpg", INTACT),
    "HTML": (PAGE, "surat.html", "simpan sebagai PDF lewat Berkas > Cetak"),
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
    "ZIP with a wrong byte": (archive(*WORD_MEMBERS).replace(b"<w:document", b"<w:documenu"), "a.docx", "rusak"),
    "too large": (PDF + b" " * RULES.bytes, "surat.pdf", "lebih besar dari 25 MB"),
    "empty": (b"", "surat.pdf", INTACT),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_paper_is_refused_with_its_reason(case: str) -> None:
    content, name, reason = REFUSED[case]
    with pytest.raises(Refused, match=reason):
        take(content, name)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("daftar.xls", r"\.xlsx"),
        ("surat.docm", r"\.docx"),
        ("paparan.pptx", "Berkas > Cetak > Simpan sebagai PDF"),
        ("layar.bmp", "simpan sebagai JPG"),
        ("berkas.rar", "satu per satu"),
        ("video.mp4", "foto layarnya"),
        ("data.csv", r"\.xlsx"),
        ("aneh.xyz", "cetak ke PDF"),
    ],
)
def test_each_kind_that_is_not_taken_is_told_what_to_do(name: str, remedy: str) -> None:
    with pytest.raises(Refused, match=remedy) as refusal:
        take(b"\0\1\2\3", name)
    assert refusal.value.text("en") != refusal.value.text("id")
    assert advice(name).english in refusal.value.text("en")


def test_an_office_chooses_its_kinds_and_its_size() -> None:
    strict = UploadsPart(kinds=("pdf",), megabytes=1)
    assert take(PDF, "surat.pdf", strict).mime == "application/pdf"
    with pytest.raises(Refused, match=INTACT):
        take(photograph(), "foto.jpg", strict)
    with pytest.raises(Refused, match="lebih besar dari 1 MB"):
        take(PDF + b" " * strict.bytes, "surat.pdf", strict)


def test_the_configuration_knows_the_kinds_that_are_examined() -> None:
    assert list(KINDS) == list(UploadsPart().kinds)


def test_a_name_is_short_has_no_folders_and_keeps_its_ending() -> None:
    assert take(PDF, "../../etc/cron.d/surat.pdf").name == "etc_cron.d_surat.pdf"
    long = take(PDF, "s" * 300 + ".pdf").name
    assert (len(long), long.endswith(".pdf")) == (MAX_NAME, True)
    assert take(PDF, "surat\r\nSet-Cookie: a=b.pdf").name == "surat Set-Cookie: a=b.pdf"


WHOLE = {
    "pdf": PDF,
    "jpg": photograph(),
    "png": photograph("PNG"),
    "heic": heic(),
    "webp": photograph("WEBP"),
    "tiff": scan(2),
    "docx": word(),
    "xlsx": workbook(),
    "odt": archive(*ODT_MEMBERS),
    "ods": archive(*ODS_MEMBERS),
    "doc": DOC,
    "rtf": RTF_TEXT,
    "txt": b"halo\n",
    "zip": archive(("halo.txt", "halo"), ("IMG.jpg", photograph())),
}


@hypothesis.settings(max_examples=400, deadline=None, database=None, derandomize=True)
@hypothesis.given(
    which=strategies.sampled_from(sorted(WHOLE)),
    places=strategies.lists(strategies.tuples(strategies.integers(0, 40_000), strategies.integers(0, 255)), max_size=8),
    end=strategies.integers(4, 60_000),
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_broken_bytes_are_taken_or_refused_and_nothing_else(
    which: str, places: list[tuple[int, int]], end: int
) -> None:
    content = bytearray(WHOLE[which])
    for place, value in places:
        content[place % len(content)] = value
    # What the child does, in this process: an exception of any other kind would end the child without a reason.
    try:
        clean_file(examined(task_of(which, bytes(content[:end]))))
    except Spoiled as error:
        assert error.reason.indonesian and error.reason.english


@hypothesis.settings(max_examples=200, deadline=None, database=None, derandomize=True)
@hypothesis.given(which=strategies.sampled_from(sorted(WHOLE)), rest=strategies.binary(max_size=2000))
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_any_bytes_behind_a_kinds_beginning_are_taken_or_refused(which: str, rest: bytes) -> None:
    try:
        clean_file(examined(task_of(which, WHOLE[which][:16] + rest)))
    except Spoiled as error:
        assert error.reason.indonesian and error.reason.english
