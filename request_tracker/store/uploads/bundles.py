"""A ZIP of papers, as telephones export a chat with its pictures: the bytes in, a ZIP of the clean papers out.

Every member is examined as if it had been handed in alone, and what is kept of it is put into a new archive: nothing
else of the old one is. One member that cannot be taken refuses all, by its name, so that nothing is left out unsaid.
"""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from request_tracker.store.picture_work import Spoiled
from request_tracker.store.uploads.archives import archive_of, pieces
from request_tracker.store.uploads.faults import CleanFile, spoiled
from request_tracker.store.uploads.names import kept_name, renamed
from request_tracker.words.bilingual import Both

# Each is examined in the one child and within its time: a chat of a fault has a dozen pictures.
MAX_PAPERS = 50
MAX_BUNDLE_BYTES = 80 * 2**20  # Unpacked; pictures of a ZIP hardly shrink in it, so that is thrice what may be sent.
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # The earliest that a ZIP can say: the same papers are the same bytes.
_UNWANTED = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")  # What systems put beside the papers.


@dataclass(frozen=True)
class BundledPaper:
    """A member as it is examined: its bytes and its name."""

    content: bytes
    name: str


def bundle_check(examine: Callable[[BundledPaper], CleanFile]) -> Callable[[bytes], CleanFile]:
    """The check of a bundle; ``examine`` is that of one paper."""

    def clean(content: bytes) -> CleanFile:
        papers = [_examined(paper, examine) for paper in _papers(content)]
        return CleanFile(_packed(papers))

    return clean


def _papers(content: bytes) -> list[BundledPaper]:
    with archive_of(content) as archive:
        members = [member for member in archive.infolist() if not member.is_dir() and not _is_unwanted(member.filename)]
        if not members:
            raise spoiled("no_bundle")
        if len(members) > MAX_PAPERS or sum(member.file_size for member in members) > MAX_BUNDLE_BYTES:
            raise spoiled("unpacked")
        return [BundledPaper(b"".join(pieces(archive, member)), kept_name(member.filename)) for member in members]


def _is_unwanted(name: str) -> bool:
    return name.startswith(_UNWANTED[0]) or name.rpartition("/")[2] in _UNWANTED[1:]


def _examined(paper: BundledPaper, examine: Callable[[BundledPaper], CleanFile]) -> BundledPaper:
    try:
        clean = examine(paper)
    except Spoiled as error:
        reason = error.reason
        raise Spoiled(Both(f"{paper.name}: {reason.indonesian}", f"{paper.name}: {reason.english}")) from error
    return BundledPaper(clean.content, renamed(paper.name, clean.ending) if clean.ending else paper.name)


def _packed(papers: list[BundledPaper]) -> bytes:
    out, names = io.BytesIO(), set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, paper in enumerate(papers, 1):
            name = paper.name if paper.name.casefold() not in names else f"{number}-{paper.name}"
            names.add(name.casefold())
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), paper.content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
