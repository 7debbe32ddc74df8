"""The quarterly evaluation on paper: PDF and spreadsheet, for whoever may see evaluations; made when asked for."""

from request_tracker.letters.press.kinds import PaperKind
from request_tracker.words.bilingual import Both

PAPERS = (
    PaperKind(name=Both("Laporan bulanan", "Monthly report"), act="see_evaluation", forms=("pdf",)),
    PaperKind(name=Both("Evaluasi triwulan", "Quarterly evaluation"), act="see_evaluation", forms=("pdf", "xlsx")),
)
