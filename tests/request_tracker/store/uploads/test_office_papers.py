"""Word, Excel, OpenDocument, .doc, RTF and text: what runs, calls or hides in them is refused with what to do."""

import io
import zipfile
from typing import Any

import pytest
from compound_files import compound
from docx.opc.constants import RELATIONSHIP_TYPE
from tracker_papers import DOC, ODT_MEMBERS, RTF_TEXT, WORD_MEMBERS, archive, word, workbook

from request_tracker.store.picture_work import Spoiled
from request_tracker.store.uploads import archives
from request_tracker.store.uploads.kinds import KINDS

OLE_OBJECT = compound({"\x01Ole10Native": b"x"})


def examine(kind: str, content: bytes) -> bytes:
    return KINDS[kind].examine(content).content


def outside(kind: str, target: str) -> bytes:
    """A Word text with a relationship to something that is not in it."""

    def relate(document: Any) -> None:
        document.part.relate_to(target, f"{RELATIONSHIP_TYPE.HYPERLINK.rpartition('/')[0]}/{kind}", is_external=True)

    return word(relate)


def with_part(document: bytes, name: str, content: str | bytes) -> bytes:
    out = io.BytesIO(document)
    with zipfile.ZipFile(out, "a") as opened:
        opened.writestr(name, content)
    return out.getvalue()


REFUSED: dict[str, tuple[str, bytes, str]] = {
    "a template on a server": (
        "docx",
        outside("attachedTemplate", "https://x.invalid/t.dotm"),
        "templat dari tempat lain",
    ),
    "a template on a share": ("docx", outside("attachedTemplate", r"\\x\t.dotm"), "templat dari tempat lain"),
    "a picture elsewhere": ("docx", outside("image", "https://x.invalid/a.png"), "menunjuk ke luar"),
    "an object elsewhere": ("docx", outside("oleObject", "https://x.invalid/a"), "menunjuk ke luar"),
    "a page elsewhere": ("docx", outside("frame", "https://x.invalid/a"), "menunjuk ke luar"),
    "a workbook elsewhere": (
        "xlsx",
        with_part(
            workbook(),
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            '<Relationships><Relationship Type="x/externalLinkPath" Target="file:///x" TargetMode="External"/>'
            "</Relationships>",
        ),
        "menunjuk ke luar",
    ),
    "macros": ("docx", with_part(word(), "word/vbaProject.bin", OLE_OBJECT), "berisi makro"),
    "macros of 1992": ("xlsx", with_part(workbook(), "xl/macrosheets/sheet1.xml", "<x/>"), "berisi makro"),
    "a packed object": ("docx", with_part(word(), "word/embeddings/oleObject1.bin", OLE_OBJECT), "objek program"),
    "an object called otherwise": ("docx", with_part(word(), "word/media/image1.png", OLE_OBJECT), "objek program"),
    "a program as a picture": ("docx", with_part(word(), "word/media/image1.png", b"MZ\x90"), "objek program"),
    "a control": ("docx", with_part(word(), "word/activeX/activeX1.xml", "<x/>"), "objek program"),
    "an archive inside": ("xlsx", with_part(workbook(), "xl/media/a.png", archive(("a", "b"))), "objek program"),
    "a DTD": ("docx", with_part(word(), "word/a.xml", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'), "DTD"),
    "a DTD in UTF-16": (
        "docx",
        with_part(word(), "word/a.xml", '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16")),
        "DTD",
    ),
    "entities": (
        "xlsx",
        with_part(workbook(), "xl/a.xml", '<!DOCTYPE a [<!ENTITY b "lol">]><a>&b;</a>'),
        "DTD",
    ),
    "XML that is none": ("docx", with_part(word(), "word/a.xml", "<a><b></a>"), "rusak"),
    "a bomb": ("docx", archive(*WORD_MEMBERS, ("a", "0" * 2**21), packed=True), "terlalu besar"),
    "two of one name": ("docx", archive(*WORD_MEMBERS, ("word/Document.xml", "<x/>")), "isi lain"),
    "a way out for Windows": ("docx", archive(*WORD_MEMBERS, ("..\\a", "x")), "ke luar berkas"),
    "a drive": ("docx", archive(*WORD_MEMBERS, ("C:\\a", "x")), "ke luar berkas"),
    "a Word text with a password": ("docx", compound({"EncryptedPackage": b"x"}), "sandi"),
    "an ODT with a password": (
        "odt",
        archive(*ODT_MEMBERS, ("META-INF/manifest.xml", '<a xmlns:manifest="m"><manifest:encryption-data/></a>')),
        "sandi",
    ),
    "an ODT with a picture elsewhere": (
        "odt",
        archive(ODT_MEMBERS[0], ("content.xml", '<a><draw:image xlink:href="https://x.invalid/a"/></a>')),
        "menunjuk ke luar",
    ),
    "an ODT with a script": (
        "odt",
        archive(ODT_MEMBERS[0], ("content.xml", "<a><script:event-listener/></a>")),
        "makro",
    ),
    "a .doc with macros": ("doc", compound({"WordDocument": b"x"}, {"Macros": {"dir": b"x"}}), "makro"),
    "a .doc with a packed file": ("doc", compound({"WordDocument": b"x", "\x01Ole10Native": b"x"}), "objek"),
    "a .doc with a password": ("doc", compound({"WordDocument": b"\0" * 11 + b"\x01"}), "sandi"),
    "a workbook called .doc": ("doc", compound({"Workbook": b"x"}), "bukan dokumen"),
    "a .doc cut short": ("doc", DOC[:600], "rusak"),
    "RTF with an object": ("rtf", b"{\\rtf1{\\object\\objemb{\\*\\objdata 0105}}}", "objek"),
    "RTF with a template": ("rtf", b"{\\rtf1{\\*\\template https://x.invalid/a.dotm}}", "templat"),
    "RTF that calls": ("rtf", b'{\\rtf1{\\field{\\*\\fldinst DDEAUTO "cmd"}}}', "templat"),
    "RTF cut short": ("rtf", RTF_TEXT[:20], "rusak"),
    "a program called .txt": ("txt", b"MZ\x90\0\3\0", "bukan teks"),
    "nothing called .txt": ("txt", b" \r\n", "bukan teks"),
    "a ZIP with a program": ("zip", archive(("a.exe", "MZ")), "a.exe: bukan berkas PDF"),
    "a ZIP in a ZIP": ("zip", archive(("a.zip", archive(("a.txt", "a")))), "a.zip: bukan berkas"),
    "a ZIP with a bad member": ("zip", archive(("a.pdf", "%PDF-1.7")), "a.pdf: PDF ini terpotong"),
    "a ZIP of nothing": ("zip", archive(("a/", "")), "ZIP ini tidak dapat"),
    "a ZIP of too many": ("zip", archive(*((f"{n}.txt", "a") for n in range(51))), "terlalu besar"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_runs_calls_or_hides_is_refused_with_its_reason(case: str) -> None:
    kind, content, reason = REFUSED[case]
    with pytest.raises(Spoiled, match=reason):
        examine(kind, content)


def linked(document: Any) -> None:
    document.part.relate_to("https://contoh.invalid", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("docx", word(linked)),
        ("docx", outside("attachedTemplate", r"file:///C:\Users\budi\AppData\Normal.dotm")),
        ("docx", with_part(word(), "word/embeddings/Microsoft_Excel_Sheet1.xlsx", workbook())),
        ("xlsx", with_part(workbook(), "xl/printerSettings/printerSettings1.bin", b"\0H\0P\0")),
        ("odt", archive(ODT_MEMBERS[0], ("content.xml", '<a><text:a xlink:href="https://contoh.invalid"/></a>'))),
        ("doc", DOC),
        ("rtf", RTF_TEXT),
    ],
    ids=["link", "template of the writer's disk", "chart", "printer", "link of ODT", "doc", "rtf"],
)
def test_what_honest_documents_have_is_kept_as_it_is(kind: str, content: bytes) -> None:
    assert examine(kind, content) == content


def test_a_document_in_a_document_in_a_document_is_refused() -> None:
    inner = with_part(word(), "word/embeddings/a.xlsx", workbook())
    with pytest.raises(Spoiled, match="objek program"):
        examine("docx", with_part(word(), "word/embeddings/a.docx", inner))


def test_what_unpacks_to_more_than_it_claims_is_refused_while_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 100)
    with pytest.raises(Spoiled, match="terlalu besar setelah dibuka"):
        examine("docx", word())


@pytest.mark.parametrize(
    "written",
    [
        "Halo é\r\n".encode(),
        "Halo é\r\n".encode("utf-8-sig"),
        "Halo é\r\n".encode("utf-16"),
        "Halo é\r\n".encode("cp1252"),
    ],
)
def test_a_text_is_kept_as_utf_8_whatever_it_was_written_in(written: bytes) -> None:
    assert examine("txt", written).decode() == "Halo é\r\n"


def test_a_bundle_holds_the_clean_papers_under_their_names_and_nothing_else() -> None:
    given = archive(("Media/foto.jpg", "x"), ("a.txt", "halo"), ("b/a.txt", "lain"), ("__MACOSX/a", "x"))
    given = given.replace(b"Media/foto.jpg", b"Media/foto.txt")
    with zipfile.ZipFile(io.BytesIO(examine("zip", given))) as kept:
        assert kept.namelist() == ["Media_foto.txt", "a.txt", "b_a.txt"]
        assert kept.read("a.txt") == b"halo"
