"""The reply to a request (BTM-07, PKL-B-06): a request can always be answered in writing, whatever its SOP names."""

from collections.abc import Collection

from request_tracker.letters.press.kinds import CasePaper
from request_tracker.letters.press.sheets import LETTER
from request_tracker.letters.reply.paper import reply
from request_tracker.sop.model import Sop
from request_tracker.words.bilingual import Both

WORDS = ("surat_balasan", "surat_balasan_tolak", "surat_informasi")


def _offers_itself(sop: Sop, words: Collection[str]) -> bool:
    return sop.kind == "request" and not set(WORDS) & set(words)


PAPERS = (
    CasePaper(
        name=Both("Surat balasan", "Reply letter"),
        words=WORDS,
        sheet=LETTER,
        make=reply,
        offers_itself=_offers_itself,
        place=30,
        answers=True,
    ),
)
