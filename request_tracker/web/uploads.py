"""Uploaded papers: a file of a form in, a stored document out. Size, name and content are checked before anything."""

from flask import request
from werkzeug.utils import secure_filename

from request_tracker import files
from request_tracker.cases import Supplied
from request_tracker.errors import Refused
from request_tracker.web.office import now, office

MAX_FILE_BYTES = 10 * 2**20
_KINDS = (
    (b"%PDF-", "application/pdf", (".pdf",)),
    (b"\xff\xd8\xff", "image/jpeg", (".jpg", ".jpeg")),
    (b"\x89PNG\r\n\x1a\n", "image/png", (".png",)),
    (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx", ".odt")),
)


def uploaded(field: str) -> Supplied | None:
    """The stored paper of a form's field; None where none was chosen. Raises Refused for what is no paper."""
    given = request.files.get(field)
    if given is None or not given.filename:
        return None
    content = given.stream.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise Refused("bad_field", field=given.filename[:80], reason="lebih besar dari 10 MB")
    name = secure_filename(given.filename) or "surat"
    mime = next(
        (mime for magic, mime, ends in _KINDS if content.startswith(magic) and name.lower().endswith(ends)), None
    )
    if mime is None:
        raise Refused("bad_field", field=name[:80], reason="bukan berkas PDF, JPG, PNG, DOCX atau ODT yang utuh")
    desk, folder = office().desk, office().config.files
    with desk.store.transaction() as db:
        return files.keep(db, folder, content, name, mime, now())
