"""Every kind of paper of the house, read from the folders beside this module: nobody lists them by hand.

A folder is a kind of paper if it exports ``PAPERS``; ``press`` alone is none. Two papers that would answer to the same
word, or two templates of one name, are an error when the tracker starts, not a wrong paper later.
"""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator, Mapping

from request_tracker import letters
from request_tracker.errors import TrackerError
from request_tracker.letters.press import pdf, sheets
from request_tracker.letters.press.kinds import CasePaper, PaperKind
from request_tracker.sop.model import Sop
from request_tracker.words.bilingual import Both

PRESS = "press"


def folders() -> tuple[str, ...]:
    """The names of the folders that are a kind of paper, in the order of the alphabet."""
    modules = pkgutil.iter_modules(letters.__path__)
    return tuple(sorted(module.name for module in modules if module.ispkg and module.name != PRESS))


def _kinds() -> Iterator[tuple[str, PaperKind]]:
    for folder in folders():
        module = importlib.import_module(f"{letters.__name__}.{folder}")
        papers: tuple[PaperKind, ...] = getattr(module, "PAPERS", ())
        if not papers:
            raise TrackerError(f"letters/{folder}: exports no PAPERS; a folder of letters/ is a kind of paper")
        yield from ((folder, kind) for kind in papers)


def _by_word(papers: tuple[CasePaper, ...]) -> Mapping[tuple[str, str], CasePaper]:
    """Each paper by the kind of SOP and the word that mean it. Raises TrackerError where two share them."""
    places = [((kind, word), paper) for paper in papers for kind in sorted(paper.sop_kinds) for word in paper.words]
    for (kind, word), count in Counter(place for place, _ in places).items():
        if count > 1:
            raise TrackerError(f"letters/: {count} papers answer to {word!r} in an SOP of kind {kind}")
    return dict(places)


def _check_templates() -> None:
    """Raises TrackerError where two templates share a name: an office names its own by the name alone."""
    for name, count in Counter(path.name for path in pdf.template_paths()).items():
        if count > 1:
            raise TrackerError(f"letters/: {count} templates are called {name}; an office names its own by that name")


# At import, so that a faulty folder stops the start and not the first letter.
KINDS: tuple[tuple[str, PaperKind], ...] = tuple(_kinds())
CASE_PAPERS: tuple[CasePaper, ...] = tuple(kind for _, kind in KINDS if isinstance(kind, CasePaper))
_BY_WORD = _by_word(CASE_PAPERS)
_check_templates()


def paper_of(sop: Sop, word: str | None) -> CasePaper | None:
    """The paper that a word means in an SOP; None where it means none."""
    return _BY_WORD.get((sop.kind, word or ""))


def words() -> frozenset[str]:
    """Every word that means a paper in some SOP."""
    return frozenset(word for _, word in _BY_WORD)


def numberings() -> Mapping[str, Both]:
    """What a number of the agenda can be printed on: the agenda's word and its name, the shared ones first."""
    by_sheet = [sheet.numbering for sheet in (sheets.LETTER, sheets.REPORT, *(paper.sheet for paper in CASE_PAPERS))]
    return {numbering.word: numbering.name for numbering in by_sheet if numbering}
