"""Uploaded papers: a file of a form in, a stored document out. Its checks are ``store.upload_check``'s."""

from flask import request

from request_tracker.cases import Supplied
from request_tracker.errors import Refused
from request_tracker.store import files
from request_tracker.store.upload_check import MAX_FILE_BYTES, accept
from request_tracker.web.shell.context import now, office
from request_tracker.words.bilingual import Both

# Files of one form: no step of our SOPs asks for more than two, an outage adds a photo.
MAX_FILES = 10


def uploaded(field: str) -> Supplied | None:
    """The stored paper of a form's field; None where none was chosen. Raises Refused for what is no paper."""
    sent = request.files.get(field)
    if sent is None or not sent.filename:
        return None
    chosen = sum(bool(file.filename) for _, file in request.files.items(multi=True))
    if chosen > MAX_FILES:
        most = Both(f"paling banyak {MAX_FILES} berkas sekali kirim", f"at most {MAX_FILES} files at once")
        raise Refused("bad_field", field=Both(f"{chosen} berkas", f"{chosen} files"), reason=most)
    # One byte more than may be: whoever sends more is refused by the length, not read to his end.
    paper = accept(sent.stream.read(MAX_FILE_BYTES + 1), sent.filename)
    desk, folder = office().desk, office().config.files
    with desk.store.transaction() as db:
        return files.keep(db, folder, paper, now())
