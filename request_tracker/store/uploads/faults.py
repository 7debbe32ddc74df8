"""Why a file is not taken, and what to do then: a key in, a sentence in both languages out."""

from dataclasses import dataclass

from request_tracker.store.picture_work import Spoiled
from request_tracker.words.bilingual import Both

# What photographs are refused for, which a child says too (``store.photographs``).
PIXELS = Both("gambar lebih dari 50 megapiksel; perkecil dahulu", "more than 50 megapixels; make it smaller")
PICTURE = Both(
    "gambar ini rusak; ambil foto atau pindai sekali lagi", "this picture is damaged; take the photo or the scan again"
)
_PRINT = Both(
    "simpan sebagai PDF lewat Berkas > Cetak > Simpan sebagai PDF, lalu kirim PDF itu",
    "save it as a PDF with File > Print > Save as PDF, then send that PDF",
)
_AGAIN = Both("buka dan simpan lagi, atau minta berkasnya sekali lagi", "open and save it again, or ask for it again")


def _with(fault: Both, remedy: Both) -> Both:
    return Both(f"{fault.indonesian}; {remedy.indonesian}", f"{fault.english}; {remedy.english}")


FAULTS = {
    "damaged": _with(Both("berkas ini rusak", "this file is damaged"), _AGAIN),
    "cut_off": _with(
        Both(
            "PDF ini terpotong atau ada isi lain di belakangnya", "this PDF is cut off, or something hangs on its end"
        ),
        _AGAIN,
    ),
    "hidden": _with(
        Both("di dalam PDF ini tersembunyi berkas jenis lain", "a file of another kind hides in this PDF"), _PRINT
    ),
    "program": _with(
        Both("PDF ini berisi program, video, atau perintah", "this PDF holds a program, a video or a command"), _PRINT
    ),
    "attached": _with(
        Both("PDF ini membawa berkas lain di dalamnya", "this PDF carries another file inside"),
        Both("kirim berkas itu tersendiri, atau cetak ulang ke PDF", "send that file by itself, or print it to PDF"),
    ),
    "locked": _with(
        Both("berkas ini dikunci dengan sandi", "this file is locked with a password"),
        Both("simpan tanpa sandi lalu kirim lagi", "save it without the password, then send it again"),
    ),
    "signed_damaged": _with(
        Both(
            "PDF bertanda tangan elektronik ini rusak, dan memperbaikinya membatalkan tanda tangannya",
            "this electronically signed PDF is damaged, and mending it would break its signature",
        ),
        Both("minta berkas aslinya", "ask for the original file"),
    ),
    "too_complex": _with(Both("berkas ini terlalu rumit untuk diperiksa", "this file is too complex to check"), _PRINT),
    "other_kind": _with(
        Both("isinya bukan dokumen yang disebut namanya", "it is not the document its name says"),
        Both("buka dengan aplikasinya lalu simpan lagi", "open it with its application and save it again"),
    ),
    "unpacked": _with(Both("isinya terlalu besar setelah dibuka", "what is in it is too large when unpacked"), _PRINT),
    "outside": _with(Both("isinya menunjuk ke luar berkas", "what is in it points outside the file"), _PRINT),
    "template": _with(
        Both("dokumen ini memuat templat dari tempat lain", "this document loads a template from elsewhere"), _PRINT
    ),
    "besides": _with(Both("ada isi lain di dalamnya", "something else is in it"), _PRINT),
    "objects": _with(
        Both("di dalamnya tertanam berkas atau objek program", "a file or an object of a program is embedded in it"),
        _PRINT,
    ),
    "declared": _with(
        Both("isinya memakai DTD atau entitas XML", "what is in it uses a DTD or entities of XML"), _PRINT
    ),
    "macros": _with(
        Both("berisi makro", "it holds macros"),
        Both("simpan tanpa makro (.docx, .xlsx) atau sebagai PDF", "save it without them (.docx, .xlsx) or as a PDF"),
    ),
    "pixels": PIXELS,
    "pages": _with(
        Both("pindaian ini terlalu banyak halamannya", "this scan has too many pages"),
        Both("kirim dalam beberapa berkas", "send it in several files"),
    ),
    "picture": PICTURE,
    "no_text": _with(
        Both("berkas .txt ini bukan teks", "this .txt file is no text"),
        Both("ekspor percakapan sekali lagi, tanpa media", "export the chat again, without media"),
    ),
    "no_bundle": _with(
        Both("isi ZIP ini tidak dapat diterima", "what is in this ZIP cannot be taken"),
        Both("kirim berkasnya satu per satu", "send its files one by one"),
    ),
}


def spoiled(fault: str) -> Spoiled:
    """The exception of one of the faults above, to be raised."""
    return Spoiled(FAULTS[fault])


@dataclass(frozen=True)
class CleanFile:
    """What is kept of a file that was handed in; ``ending`` and ``mime`` only where it became another kind."""

    content: bytes
    ending: str | None = None
    mime: str | None = None
