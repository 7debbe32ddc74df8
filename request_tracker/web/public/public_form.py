"""The public forms as they are read: one declared form in, its values understood and every fault at its field out.

Nothing is stored here but a good file.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import g

from inventory.model import Opd
from request_tracker.cases import Supplied
from request_tracker.errors import Refused
from request_tracker.inbox.form_sense import (
    Faults,
    OfficeFacts,
    contact_faults,
    outage_faults,
    request_faults,
    uplink_of,
)
from request_tracker.inbox.tracking import LONGEST, SHORTEST, checked_word
from request_tracker.ledger.allocations import allocation_of
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import OPENING, personal_values, rates_of
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import (
    DeclaredForm,
    FieldValues,
    read_values,
    sense_of,
    sent_text,
    typed_over_address,
)
from request_tracker.web.shell.form_values import FormPage, offered
from request_tracker.web.shell.uploads import uploaded
from request_tracker.words.bilingual import Both

# A key of ours has 16 characters; a word is cut where no word of ours can be.
LONGEST_KEY, LETTER = 64, "letter"
TRACKING_WORD = Field(
    "tracking_word",
    "Kata lacak",
    "Tracking word",
    required=False,
    personal=True,
    hint=Both(
        f"Pilih sendiri, {SHORTEST} sampai {LONGEST} huruf. Dengan nomor dan kata ini kiriman dapat dilacak walau"
        " tautannya hilang.",
        f"Your own choice, {SHORTEST} to {LONGEST} letters. With the number and this word you find it even where the"
        " link is lost.",
    ),
)
_word_sense = sense_of(TRACKING_WORD.key, checked_word)


@dataclass(frozen=True, kw_only=True)
class OpeningForm:
    """One public form: its kind (``sop.forms.OPENING``), what its values are held against, whether it takes a file."""

    kind: str
    address: str
    title: Both
    sense: Callable[[Mapping[str, Any]], Faults]
    letter: bool = True

    @property
    def fields(self) -> tuple[Field, ...]:
        """What it asks, as this office can keep it; the tracking word comes last."""
        return (*offered(OPENING[self.kind]), TRACKING_WORD)

    @property
    def declared(self) -> DeclaredForm:
        """The form as the API's description has it: whatever an office can keep."""
        fields = (*OPENING[self.kind], TRACKING_WORD)
        return DeclaredForm(
            name=self.kind, address=self.address, title=self.title, fields=fields, sense=self.sense_with_word
        )

    def sense_with_word(self, clean: Mapping[str, Any]) -> Faults:
        """What else cannot be so, the tracking word's length among it."""
        return {**self.sense(clean), **_word_sense(clean)}


@dataclass(frozen=True, kw_only=True)
class FormReading:
    """What was sent: as typed, as understood, and what is wrong, by field in the form's order.

    ``word`` is the tracking word, which is no field of the case. ``status`` is the answer's where there are faults: a
    file that cannot be stored now is not the sender's fault.
    """

    form: OpeningForm
    values: FieldValues
    faults: Mapping[str, Both]
    letter: Supplied | None
    key: str
    word: str = ""
    status: int = Refused.form_status

    @property
    def typed(self) -> dict[str, str]:
        """What was typed into the fields of the case."""
        return {key: value for key, value in self.values.typed.items() if value and key != TRACKING_WORD.key}

    @property
    def clean(self) -> dict[str, Any]:
        """The values of the case as they were understood."""
        return {key: value for key, value in self.values.clean.items() if key != TRACKING_WORD.key}

    @property
    def contact(self) -> dict[str, str]:
        """The personal values, as ``contacts`` keeps them."""
        return personal_values(OPENING[self.form.kind], self.typed)

    @property
    def rates(self) -> list[tuple[Field, int]]:
        """The rates as they were understood."""
        return rates_of(OPENING[self.form.kind], self.typed)


def read_form(form: OpeningForm) -> FormReading:
    """The form that was sent, with all its faults at once; raises nothing for what a person typed."""
    values = read_values(replace(form.declared, fields=form.fields))
    letter, refusal = _letter() if form.letter else (None, None)
    return FormReading(
        form=form,
        values=values,
        faults={**values.faults, **({LETTER: refusal.both()} if refusal else {})},
        letter=letter,
        key=form_key(),
        word="" if values.faults else checked_word(values.text(TRACKING_WORD.key)),
        status=refusal.form_status if refusal else Refused.form_status,
    )


def form_key() -> str:
    """The hidden key by which a form that comes twice is one; a new one where the form has none."""
    return sent_text("key", LONGEST_KEY) or secrets.token_urlsafe(12)


def form_page(form: OpeningForm, faults: Mapping[str, Both] | None = None, problem: Refused | None = None) -> FormPage:
    """The form as it stands on its page: what was typed, or what the address fills in (``?opd=``)."""
    return FormPage(
        fields=form.fields,
        values=typed_over_address(),
        key=form_key(),
        problem=problem.text(g.language) if problem else None,
        opds=office().desk.city.opds,
        faults=faults or {},
    )


def chosen_opd() -> Opd | None:
    """The office that is chosen in the form, or named in the address; None for none of ours."""
    code = typed_over_address().get("opd", "")
    return next((opd for opd in office().desk.city.opds if opd.code == code), None)


def _letter() -> tuple[Supplied | None, Refused | None]:
    try:
        return uploaded(LETTER), None
    except Refused as error:
        return None, error


def _request_sense(clean: Mapping[str, Any]) -> Faults:
    desk, opd = office().desk, clean.get("opd", "")
    facts = OfficeFacts(
        uplink=uplink_of(desk.city, opd),
        present=allocation_of(desk.store, opd, now()),
        today=desk.calendar.local(now()).date(),
    )
    return request_faults(clean, facts)


def _outage_sense(clean: Mapping[str, Any]) -> Faults:
    return outage_faults(clean, office().desk.calendar.local(now()))


REQUEST = OpeningForm(
    kind="request", address="/permohonan", title=Both("Permohonan bandwidth", "Request"), sense=_request_sense
)
OUTAGE = OpeningForm(
    kind="outage", address="/lapor", title=Both("Lapor gangguan", "Report an outage"), sense=_outage_sense
)
COMPLAINT = OpeningForm(
    kind="complaint", address="/pengaduan", title=Both("Pengaduan", "Complaint"), sense=contact_faults, letter=False
)
