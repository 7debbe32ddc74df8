"""What may be handed in as a paper: the bytes and name somebody chose in, a clean paper out, or Refused with a reason.

A paper is what its name says and nothing besides: no page, script or archive hides in it. Pictures become such that
every office can open; what a paper was made from is said with it, by name and hash. It is no virus scan (that is
``virus_scan``'s); papers are only ever given out as downloads. All reading happens in a child with bounds.
"""

import hashlib

from request_tracker.config import UploadsPart
from request_tracker.errors import Refused
from request_tracker.store.document import Original
from request_tracker.store.files import PaperFile
from request_tracker.store.picture_work import Spoiled, beside
from request_tracker.store.uploads.examination import clean_file, examined, task_of
from request_tracker.store.uploads.faults import CleanFile
from request_tracker.store.uploads.kinds import KINDS, UploadKind, advice, kind_of
from request_tracker.store.uploads.names import kept_name, renamed
from request_tracker.words.bilingual import Both

# Characters of a file's name in a sentence; a page has room for more, a telephone has not.
SHOWN_NAME = 80


def accept(content: bytes, name: str, rules: UploadsPart) -> PaperFile:
    """The clean paper. Raises Refused with the reason and what to do, in a sentence; NotNow in a crowd."""
    safe = kept_name(name)
    if len(content) > rules.bytes:
        raise _refused(safe, too_large(rules))
    if not content:
        raise _refused(safe, _EMPTY)
    key = kind_of(content, safe, rules.kinds)
    if key is None:
        raise _refused(safe, advice(safe))
    try:
        clean = clean_file(beside(examined, task_of(key, content)))
    except Spoiled as error:
        raise _refused(safe, error.reason) from error
    return _paper(KINDS[key], content, safe, clean)


def too_large(rules: UploadsPart) -> Both:
    """The sentence for a file above the office's size."""
    return Both(
        f"lebih besar dari {rules.megabytes} MB; pindai dengan 200 dpi hitam putih, atau kirim dalam beberapa berkas",
        f"larger than {rules.megabytes} MB; scan it with 200 dpi in black and white, or send it in several files",
    )


_EMPTY = Both(
    "berkas ini kosong, bukan dokumen yang utuh; pilih lagi", "this file is empty, no whole document; choose it again"
)


def _paper(kind: UploadKind, content: bytes, name: str, clean: CleanFile) -> PaperFile:
    original: Original | None = None
    if clean.content != content:
        original = {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    kept_as = renamed(name, clean.ending) if clean.ending else name
    return PaperFile(clean.content, kept_as, clean.mime or kind.mime, original)


def _refused(name: str, reason: Both) -> Refused:
    return Refused("bad_field", field=name[:SHOWN_NAME], reason=reason)
