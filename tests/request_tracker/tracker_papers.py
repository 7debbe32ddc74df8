"""Papers as people hand them in, made small: a PDF, a photograph with its secrets, Word and OpenDocument texts."""

import io
import zipfile

from PIL import Image

from request_tracker.store.upload_check import OPEN_DOCUMENT

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
SECRETS = (b"Telepon Budi", b"-6.2088", b"rahasia")


def pdf(text: bytes = b"") -> bytes:
    """A PDF that says something of its own."""
    return PDF.replace(b"endobj", b"endobj\n% " + text, 1)


def photograph(form: str = "JPEG", turned: int = 1, size: tuple[int, int] = (40, 24)) -> bytes:
    """A picture with the telephone, the place, a comment, and a page hung on behind."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Telepon Budi", turned
    exif[0x8825] = {1: "S", 2: (6.0, 12.0, 31.0), 3: "E", 4: (106.0, 50.0, 44.0)}
    exif[0x010E] = "-6.2088"
    out = io.BytesIO()
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    picture.save(out, form, exif=exif, **({"comment": b"rahasia"} if form == "JPEG" else {}))
    return out.getvalue() + b"<script>rahasia</script>"


def archive(*members: tuple[str, str], before: bytes = b"", comment: bytes = b"") -> bytes:
    """A zip of named texts."""
    out = io.BytesIO(before)
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a") as made:
        for name, text in members:
            made.writestr(name, text)
        made.comment = comment
    return out.getvalue()


WORD_MEMBERS = (("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w:document/>"))
ODT_MEMBERS = (("mimetype", OPEN_DOCUMENT), ("content.xml", "<office/>"))
