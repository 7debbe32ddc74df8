"""A paper of measured figures before they were frozen: said plainly, never an empty table that looks like figures."""

from request_tracker.letters.press.facts import Facts, paper
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.sheets import Sheet


def unmade(facts: Facts, sheet: Sheet, file: str, title: str, step: str) -> Paper:
    """The paper that says which step's signature freezes its figures."""
    opening = (f"Laporan ini belum dibuat: angkanya dibekukan saat {step} ditandatangani.",)
    pairs = (("Nomor kasus", facts.case.number), ("Hal", facts.case.subject))
    return paper(facts, sheet, file, title, opening=opening, pairs=pairs)
