"""Which forms the crowd sends, and as whom: cases and tickets of an archive in, errands out.

An errand is one form, once: the page it stands on, what is typed, and what must stand in the database if it was taken.
"""

import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from request_tracker.bench.browser import Upload
from request_tracker.bench.made_up_papers import letter, photograph
from request_tracker.bench.pages import VISITOR

# Every tenth form is sent twice, as by somebody who pressed the button again.
PRESSED_TWICE = 10
LETTER, PICTURE = "request with a letter (PDF)", "request with a photograph"
KINDS = ("request", LETTER, PICTURE, "signature", "comment", "acknowledgement")
FIRST_STEP, FIRST_ROLE = "PKL-B-02", "head_of_office"
_NEW_ENTRY = "SELECT count(*) FROM inbox WHERE key = 'form:' || :key"
_NEW_PAPER = (
    "SELECT count(*) FROM inbox WHERE key = 'form:' || :key AND instr(sending, :file) > 0"
    " AND EXISTS (SELECT 1 FROM files WHERE name = :file)"
)
_SIGNED = (
    "SELECT count(*) FROM events e JOIN cases c ON c.id = e.case_id"
    f" WHERE c.number = :number AND e.kind = 'signed' AND e.step = '{FIRST_STEP}'"
)
_ACKNOWLEDGED = (
    "SELECT count(*) FROM events e JOIN cases c ON c.id = e.case_id"
    " WHERE c.number = :number AND e.kind = 'acknowledged'"
)
_COMMENTED = (
    "SELECT count(*) FROM events e JOIN cases c ON c.id = e.case_id WHERE c.number = :number"
    " AND e.kind = 'internal_note' AND json_extract(e.data, '$.text') = :text"
)


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One form. ``mark`` stands in it on its page; ``action`` is where it goes, the page itself where empty.

    ``effect`` counts what it has done, by what was sent and ``facts``: exactly one, or it is a wrong answer.
    """

    form: str
    role: str
    page: str
    mark: str
    effect: str
    action: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    file: Upload | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    twice: bool = False


@dataclass(frozen=True)
class ErrandSupply:
    """What there is to act on. Every case is signed and every ticket taken once, whoever comes first."""

    opds: Sequence[str]
    cases: Sequence[str]
    to_sign: Sequence[str]
    tickets: Sequence[str]


class Errands:
    """Hands out the next errand to whoever asks; all people share it."""

    def __init__(self, supply: ErrandSupply) -> None:
        self._supply = supply
        # Handed out by ``next`` alone, which no other thread comes between.
        self._numbers = itertools.count(1)
        # A comment moves a case's version: who is about to sign that case would be told to look again, as he should be.
        to_sign = set(supply.to_sign)
        self._commented = [case for case in supply.cases if case not in to_sign] or list(supply.cases)
        self._to_sign, self._tickets = iter(supply.to_sign), iter(supply.tickets)
        makers: tuple[Callable[[int, random.Random], Errand | None], ...] = (
            self._request,
            self._request_with_letter,
            self._request_with_picture,
            self._signature,
            self._comment,
            self._acknowledgement,
        )
        self._makers = makers

    @classmethod
    def none(cls) -> "Errands":
        """For a crowd that only reads."""
        return cls(ErrandSupply((), (), (), ()))

    def take(self, chance: random.Random) -> Errand:
        """An errand of a kind that chance names; a request where nothing of that kind is left."""
        number = next(self._numbers)
        errand = chance.choice(self._makers)(number, chance)
        return errand or self._request(number, chance)

    def _request(self, number: int, chance: random.Random) -> Errand:
        return Errand(
            form="request",
            role=VISITOR,
            page="/permohonan",
            mark='name="key"',
            effect=_NEW_ENTRY,
            values=self._wish(number, chance),
            twice=number % PRESSED_TWICE == 0,
        )

    def _request_with_letter(self, number: int, chance: random.Random) -> Errand:
        return self._with_file(LETTER, number, chance, Upload("letter", f"surat-{number}.pdf", letter(number)))

    def _request_with_picture(self, number: int, chance: random.Random) -> Errand:
        return self._with_file(PICTURE, number, chance, Upload("letter", f"foto-{number}.jpg", photograph(number)))

    def _with_file(self, form: str, number: int, chance: random.Random, file: Upload) -> Errand:
        wish, facts = self._request(number, chance), {"file": file.name}
        return replace(wish, form=form, effect=_NEW_PAPER, file=file, facts=facts)

    def _signature(self, number: int, chance: random.Random) -> Errand | None:
        case = next(self._to_sign, None)
        if case is None:
            return None
        action = f"/kasus/{case}/langkah/{FIRST_STEP}"
        return Errand(
            form="signature",
            role=FIRST_ROLE,
            page=f"/kasus/{case}",
            mark=f'action="{action}"',
            effect=_SIGNED,
            action=action,
            values={"act": "sign", "note": "proses"},
            facts={"number": case},
            twice=number % PRESSED_TWICE == 0,
        )

    def _comment(self, number: int, chance: random.Random) -> Errand:
        case = chance.choice(self._commented)
        action = f"/kasus/{case}/catatan"
        return Errand(
            form="comment",
            role="head_of_section",
            page=f"/kasus/{case}",
            mark=f'action="{action}"',
            effect=_COMMENTED,
            action=action,
            values={"text": f"catatan uji beban {number}"},
            facts={"number": case},
            twice=number % PRESSED_TWICE == 0,
        )

    def _acknowledgement(self, number: int, chance: random.Random) -> Errand | None:
        ticket = next(self._tickets, None)
        if ticket is None:
            return None
        action = f"/gangguan/{ticket}/tangani"
        return Errand(
            form="acknowledgement",
            role="technician",
            page=f"/gangguan/{ticket}",
            mark=f'action="{action}"',
            effect=_ACKNOWLEDGED,
            action=action,
            facts={"number": ticket},
            twice=number % PRESSED_TWICE == 0,
        )

    def _wish(self, number: int, chance: random.Random) -> dict[str, str]:
        return {
            "opd": chance.choice(self._supply.opds),
            "wanted_receive": "50",
            "purpose": f"uji beban {number}",
            "contact_name": "Narahubung Uji",
            "contact_phone": "0800000000",
        }
