"""The cover report over the reports of all teams (BTM-12): for whoever may sign them together; made when asked for."""

from request_tracker.letters.cover.paper import cover
from request_tracker.letters.press.kinds import PaperKind
from request_tracker.words.bilingual import Both

__all__ = ["COVER", "PAPERS", "cover"]

COVER = PaperKind(name=Both("Laporan gabungan", "Cover report"), act="sign_together")
PAPERS = (COVER,)
