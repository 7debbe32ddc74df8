"""Uploaded papers: a file of a form in, a stored document out. Its checks are ``store.upload_check``'s."""

from flask import request

from request_tracker.cases import Supplied
from request_tracker.errors import Refused
from request_tracker.store import files
from request_tracker.store.upload_check import MAX_FILE_BYTES, accept
from request_tracker.web.shell.context import now, office
from request_tracker.words.bilingual import Both

MAX_FILES = 10


def uploaded(field: str) -> Supplied | None:
    """The stored paper of a form's field; None where none was chosen. Raises Refused for what is no paper."""
    given = request.files.get(field)
    if given is None or not given.filename:
        return None
    chosen = sum(bool(one.filename) for _, one in request.files.items(multi=True))
    if chosen > MAX_FILES:
        told = Both(f"paling banyak {MAX_FILES} berkas sekali kirim", f"at most {MAX_FILES} files at once")
        raise Refused("bad_field", field=Both(f"{chosen} berkas", f"{chosen} files"), reason=told)
    paper = accept(given.stream.read(MAX_FILE_BYTES + 1), given.filename)
    desk, folder = office().desk, office().config.files
    with desk.store.transaction() as db:
        return files.keep(db, folder, paper, now())
