"""The satisfaction survey of PermenPANRB 14/2017: nine answers of 1 to 4 in, the index (IKM) and its grade out.

Exact fractions all the way, rounded once, half up, to two decimals, and graded after that. Answers are keyed by
element, never by number; an element nobody answered carries no weight.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from request_tracker.errors import Refused
from request_tracker.store.database import Store
from request_tracker.words.bilingual import Both, joined, quoted

MAX_COMMENT = 2000  # A typed page beside nine answers.
SCALE = (1, 2, 3, 4)  # PermenPANRB 14/2017: four answers, without a middle.
MARKS = tuple(map(str, SCALE))
ELEMENTS: dict[str, tuple[str, str]] = {
    "persyaratan": ("Kesesuaian persyaratan", "Requirements"),
    "prosedur": ("Kemudahan prosedur", "Procedure"),
    "waktu": ("Kecepatan waktu penyelesaian", "Time taken"),
    "biaya": ("Kewajaran biaya (layanan ini gratis)", "Cost (this service is free)"),
    "produk": ("Kesesuaian hasil layanan", "Result of the service"),
    "kompetensi": ("Kemampuan petugas", "Competence of staff"),
    "perilaku": ("Kesopanan dan keramahan petugas", "Behaviour of staff"),
    "sarana": ("Sarana dan prasarana", "Facilities"),
    "pengaduan": ("Penanganan pengaduan, saran dan masukan", "Handling of complaints"),
}
ANSWERS = (("Tidak baik", "Poor"), ("Kurang baik", "Fair"), ("Baik", "Good"), ("Sangat baik", "Very good"))
# The least index of each grade (PermenPANRB 14/2017, table of conversion values).
_GRADES = ((Decimal("88.31"), "A"), (Decimal("76.61"), "B"), (Decimal("65.00"), "C"))


ANSWERS_BETWEEN = "SELECT answers FROM surveys WHERE answered_on >= ? AND answered_on < ?"


@dataclass(frozen=True)
class Index:
    """The index of ``respondents``; ``value`` and ``grade`` are None where nobody answered."""

    respondents: int
    value: Decimal | None
    grade: str | None
    means: Mapping[str, Decimal]


def satisfaction(answers: Iterable[Mapping[str, int]]) -> Index:
    """The index of these answers."""
    sheets = list(answers)
    means = {}
    for element in ELEMENTS:
        marks = [sheet[element] for sheet in sheets if element in sheet]
        if marks:
            means[element] = Fraction(sum(marks), len(marks))
    if not means:
        return Index(len(sheets), None, None, {})
    # Times 25, because a scale of 1 to 4 becomes an index of 25 to 100 (PermenPANRB 14/2017).
    value = _rounded(sum(means.values(), Fraction(0)) / len(means) * 25)
    grade = next((grade for least, grade in _GRADES if value >= least), "D")
    return Index(len(sheets), value, grade, {element: _rounded(mean) for element, mean in means.items()})


def answer(store: Store, case: tuple[str, str], marks: Mapping[str, str], comment: str, now: datetime) -> None:
    """Keep one respondent's answers; (number, SOP) of the case says once only. Refused where something is missing."""
    missing = [Both(*names) for key, names in ELEMENTS.items() if marks.get(key, "") not in MARKS]
    if missing:
        raise Refused("missing_here", fields=joined(map(quoted, missing)))
    with store.transaction() as db:
        if answered(store, case[0]):
            reason = Both("survei kasus ini sudah diisi", "this case's survey has been answered")
            raise Refused("too_late", reason=reason)
        row = {"case_number": case[0], "sop": case[1], "answered_on": now.date().isoformat()}
        sheet = json.dumps({key: int(marks[key]) for key in ELEMENTS})
        db.table("surveys").insert({**row, "answers": sheet, "comment": comment[:MAX_COMMENT]})


def answered(store: Store, number: str) -> bool:
    """True where the case has its answers."""
    return store.row("SELECT id FROM surveys WHERE case_number = ?", [number]) is not None


def index_of(store: Store, since: str = "", until: str = "9") -> Index:
    """The index of the answers given from one day (ISO) up to, but without, another."""
    rows = store.rows(ANSWERS_BETWEEN, [since, until])
    return satisfaction(json.loads(row["answers"]) for row in rows)


def _rounded(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
