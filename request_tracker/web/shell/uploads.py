"""Uploaded papers: a file of a form in, a stored document out. Its checks are ``store.upload_check``'s.

A file is looked at once in a request, whoever asks. What was good stays with the form when the form is refused: its
page carries a signed mark (``kept_upload``) instead of the file, a draft keeps that mark, and nobody chooses it again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request
from itsdangerous import BadData, URLSafeTimedSerializer

from request_tracker.cases import Supplied
from request_tracker.config import UploadsPart
from request_tracker.errors import Refused
from request_tracker.store import files
from request_tracker.store.disk import check_room
from request_tracker.store.parked_files import STAFF_KEPT, is_kept, park
from request_tracker.store.upload_check import accept
from request_tracker.store.upload_counts import OTHER, UploadEnd, count
from request_tracker.store.uploads.kinds import KINDS
from request_tracker.store.uploads.names import kept_name, sent_name
from request_tracker.store.virus_scan import ScannerDown, found_in
from request_tracker.web.shell.allowance import charge, is_stranger
from request_tracker.web.shell.context import now, office
from request_tracker.words.bilingual import Both

# Files of one form: no step of our SOPs asks for more than two, an outage adds a photo.
MAX_FILES = 10
# Before a field's name: the mark of the file that is kept for it, and the wish to send none.
KEPT, DROPPED = "kept_", "dropped_"
# No mark lives longer than any file without a case; how long each one lies is ``parked_files``' to say.
KEPT_SECONDS = round(STAFF_KEPT.total_seconds())
# Characters of a signature's and of a file's name in a sentence.
_SHOWN_VIRUS, _SHOWN_NAME = 60, 80
_WENT = Both(
    "tidak disimpan lagi; pilih lagi, atau kirim tanpa berkas", "is kept no longer; choose it again or send without"
)


@dataclass(frozen=True)
class KeptUpload:
    """A good file that its form need not send again: its name for a person, its mark for the form."""

    name: str
    mark: str


def uploaded(field: str) -> Supplied | None:
    """The stored paper of a form's field; None where none was chosen. Raises Refused for what is no paper."""
    paper = _arrived(field)
    if isinstance(paper, Refused):
        raise paper
    return paper


def kept_upload(field: str, draft: Mapping[str, str] | None = None) -> KeptUpload | None:
    """What the page shows beside a field: the good file of a form that was refused, or that of a draft."""
    paper = _arrived(field) if request.method == "POST" else _of_mark(field, (draft or {}).get(f"{KEPT}{field}", ""))
    if not isinstance(paper, Supplied):
        return None
    return KeptUpload(paper.name or "", _mark_of(field, paper))


def upload_words(rules: UploadsPart) -> dict[str, Any]:
    """What templates say beside a field for a file: which kinds this office takes, how large, which it only stores."""
    kinds = [KINDS[key] for key in rules.kinds]
    # What the browser makes of a photograph is a JPEG: an office that takes none gets what was chosen.
    takes_jpeg = "image/jpeg" in {kind.mime for kind in kinds}
    return {
        "shrinks_pictures": lambda: takes_jpeg and _with_script(),
        "kept_upload": kept_upload,
        "upload_ends": ",".join(end for kind in kinds for end in kind.ends),
        "upload_kinds": ", ".join(kind.called for kind in kinds),
        "upload_only_stored": ", ".join(kind.called for kind in kinds if kind.only_stored),
        "upload_megabytes": rules.megabytes,
    }


def _with_script() -> bool:
    """This page may run the script that makes photographs small (``headers``), and its end names it (``base.html``)."""
    g.shrinks_pictures = True
    return True


def kept_marks() -> dict[str, str]:
    """The marks of every good file of this form, for its draft."""
    fields = {*request.files, *(name.removeprefix(KEPT) for name in request.form if name.startswith(KEPT))}
    uploads = {field: kept_upload(field) for field in sorted(fields)[:MAX_FILES]}
    return {f"{KEPT}{field}": upload.mark for field, upload in uploads.items() if upload}


def _arrived(field: str) -> Supplied | Refused | None:
    """The paper of a field, why it is none, or nothing; looked at once."""
    arrivals: dict[str, Supplied | Refused | None] = g.setdefault("upload_arrivals", {})
    if field not in arrivals:
        try:
            arrivals[field] = _stored(field)
        except Refused as error:
            arrivals[field] = error
    return arrivals[field]


def _stored(field: str) -> Supplied | None:
    sent = request.files.get(field)
    if sent is None or not sent.filename:
        return (
            None
            if request.form.get(f"{DROPPED}{field}")
            else _paper_sent_before(field, request.form.get(f"{KEPT}{field}", ""))
        )
    chosen = sum(bool(file.filename) for _, file in request.files.items(multi=True))
    if chosen > MAX_FILES:
        most = Both(f"paling banyak {MAX_FILES} berkas sekali kirim", f"at most {MAX_FILES} files at once")
        raise Refused("bad_field", field=Both(f"{chosen} berkas", f"{chosen} files"), reason=most)
    here = office()
    check_room(here.config.files, here.config.disk.floor_bytes)
    # One byte more than may be: whoever sends more is refused by the length, not read to his end.
    return _checked(sent.stream.read(here.config.uploads.bytes + 1), sent_name(sent.filename))


def _paper_sent_before(field: str, mark: str) -> Supplied | None:
    """The file that its form has sent before. Raises Refused where it went meanwhile: nobody believes it is with us."""
    paper = _of_mark(field, mark)
    if paper is None and _is_ours(field, mark):
        raise Refused("bad_field", field=Both("berkas", "the file"), reason=_WENT)
    return paper


def _checked(content: bytes, name: str) -> Supplied:
    """Check it, have it scanned, store it; what becomes of it is counted."""
    here = office()
    try:
        paper = accept(content, name, here.config.uploads)
    except Refused:
        _count(name, UploadEnd.REFUSED)
        raise
    charge(len(paper.content), here.config.disk, here.desk.store)
    end = _scanned(content, name) or (UploadEnd.CONVERTED if paper.original else UploadEnd.KEPT)
    with here.desk.store.transaction() as db:
        count(db, _kind(name), end)
        sha256 = hashlib.sha256(paper.content).hexdigest()
        park(db, sha256, len(paper.content), is_stranger(), now())
        return files.keep(db, here.config.files, paper, now())


def _scanned(content: bytes, name: str) -> UploadEnd | None:
    """Ask clamd where the office has it; None where all is well. Raises Refused for what it finds or cannot read."""
    rules = office().config.uploads
    if rules.clamav is None:
        return None
    try:
        virus = found_in(content, rules.clamav)
    except ScannerDown as error:
        current_app.logger.warning("event=scanner_down reason=%r", str(error))
        if rules.without_clamav == "take":
            return UploadEnd.UNSCANNED_KEPT
        _count(name, UploadEnd.UNSCANNED_REFUSED)
        raise Refused("scanner_down") from error
    if virus is None:
        return None
    _count(name, UploadEnd.INFECTED)
    raise Refused("infected", name=kept_name(name)[:_SHOWN_NAME], virus=virus[:_SHOWN_VIRUS])


def _count(name: str, end: UploadEnd) -> None:
    """The refusal itself is what a person reads: a database that is busy at this moment must not replace it."""
    try:
        with office().desk.store.transaction() as db:
            count(db, _kind(name), end)
    except Refused:
        current_app.logger.warning("event=upload_not_counted ended=%s", end)


def _kind(name: str) -> str:
    ending = name.lower()
    return next((key for key, kind in KINDS.items() if ending.endswith(kind.ends)), OTHER)


def _marks() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kept-upload")


def _mark_of(field: str, paper: Supplied) -> str:
    original = dict(paper.original) if paper.original else None
    return str(_marks().dumps([field, paper.sha256, paper.name, original]))


def _is_ours(field: str, mark: str) -> bool:
    """Whether this field's form was once given that mark, however long ago."""
    try:
        return bool(_marks().loads(mark)[0] == field)
    except (BadData, ValueError, TypeError, IndexError, KeyError):
        return False


def _of_mark(field: str, mark: str) -> Supplied | None:
    """The paper behind a mark of ours; a mark of another field, too old or changed is none, as is a file that went."""
    if not mark:
        return None
    try:
        marked, sha256, name, original = _marks().loads(mark, max_age=KEPT_SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    if marked != field or not is_kept(office().desk.store, sha256, now()):
        return None
    return Supplied(sha256=sha256, name=name, original=original)
