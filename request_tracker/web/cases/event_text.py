"""A case's forms and its events as lines for people: case, SOP and events in, labels and phrases out. Pure.

Every key a form uses has its label from ``sop.forms``; an event says what it was about beside its kind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inventory.rates import format_rate
from request_tracker.cases import Case, Event
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import FORMS, OPENING, fields_of
from request_tracker.sop.model import Sop
from request_tracker.words.bilingual import Both, filled
from request_tracker.words.labels import phrase

_AGAIN = Both("kambuh ke-{}", "recurrence {}")


@dataclass(frozen=True)
class FormLine:
    """One field of a form with what was written in it."""

    field: Field
    value: Any


@dataclass(frozen=True)
class Filled:
    """A form of a step that somebody has filled in: the document's name, of which round, its lines."""

    name: str
    round: int
    lines: tuple[FormLine, ...]


@dataclass(frozen=True)
class Speech:
    """How the reader is spoken to: his language, how a moment is written, who is behind a reference."""

    language: str
    moment: Callable[[str], str]
    name: Callable[[str | None], str]


def form_lines(case: Case, sop: Sop) -> tuple[FormLine, ...]:
    """What stands in the case's form, in the order in which it was asked for."""
    opening, own = OPENING[sop.kind], fields_of(sop.step(sop.start).form, sop.forms)
    everywhere = (field for form in {**FORMS, **sop.forms}.values() for field in form)
    fields = {field.key: field for field in (*opening, *everywhere, *opening, *own)}
    place = {key: number for number, key in enumerate(fields)}
    keys = sorted(case.form, key=lambda key: place.get(key, len(place)))
    return tuple(FormLine(fields.get(key) or fields_of((key,))[0], case.form[key]) for key in keys)


def filled_forms(case: Case, sop: Sop) -> tuple[Filled, ...]:
    """The newest version of every form a step asked for: the completeness form, the physical check, a note."""
    forms = []
    for key, document in sop.documents.items():
        record = case.latest(key)
        if document.form is None or record is None or not record.content:
            continue
        content = record.content
        questions = fields_of((document.form,), sop.forms)
        lines = tuple(FormLine(field, content[field.key]) for field in questions if field.key in content)
        forms += [Filled(document.name, record.round, lines)] if lines else []
    return tuple(forms)


def detail(event: Event, sop: Sop, speech: Speech) -> str:
    """What an event was about, in a phrase; empty where its kind says all."""
    tell = _DETAIL.get(event.kind)
    return tell(event, sop, speech) if tell else ""


def _document(event: Event, sop: Sop, speech: Speech) -> str:
    document = sop.documents.get(str(event.data.get("document")))
    return document.name if document else str(event.data.get("document", ""))


def _moment_of(key: str) -> Callable[[Event, Sop, Speech], str]:
    return lambda event, sop, speech: speech.moment(str(event.data[key])) if event.data.get(key) else ""


def _word_of(key: str) -> Callable[[Event, Sop, Speech], str]:
    return lambda event, sop, speech: phrase(event.data.get(key)).said(speech.language)


def _text_of(*keys: str) -> Callable[[Event, Sop, Speech], str]:
    return lambda event, sop, speech: ", ".join(str(event.data[key]) for key in keys if event.data.get(key))


def _cause(event: Event, sop: Sop, speech: Speech) -> str:
    texts = (phrase(event.data["cause"]).said(speech.language), str(event.data.get("text") or ""))
    return ", ".join(text for text in texts if text)


def _ended(event: Event, sop: Sop, speech: Speech) -> str:
    ending = phrase(event.data["ending"]).said(speech.language)
    return f"{ending}: {event.data['reason']}" if event.data.get("reason") else ending


def _assigned(event: Event, sop: Sop, speech: Speech) -> str:
    return speech.name(event.data["assignee"])


def _handed_on(event: Event, sop: Sop, speech: Speech) -> str:
    return speech.name(event.data["from"])


def _related(event: Event, sop: Sop, speech: Speech) -> str:
    away = {"id": "dilepaskan", "en": "taken away"}[speech.language]
    return f"{event.data['number']} ({away})" if event.data.get("removed") else str(event.data["number"])


def _verification(event: Event, sop: Sop, speech: Speech) -> str:
    questions = {field.key: field for fields in sop.forms.values() for field in fields}
    said = [
        f"{_label(questions[key], speech) if key in questions else key}: {phrase(value).said(speech.language)}"
        for key, value in event.data.get("answers", {}).items()
    ]
    return "; ".join(said)


def _label(field: Field, speech: Speech) -> str:
    return field.english if speech.language == "en" else field.indonesian


def _again(event: Event, sop: Sop, speech: Speech) -> str:
    return filled(_AGAIN, event.data["time"]).said(speech.language)


def _signature(event: Event, sop: Sop, speech: Speech) -> str:
    kind = (event.data.get("signature") or {}).get("kind")
    return phrase(f"signed_by_{kind}").said(speech.language) if kind else ""


def _decision(event: Event, sop: Sop, speech: Speech) -> str:
    words = (event.data["label"], event.data.get("outcome"))
    return ": ".join(dict.fromkeys(phrase(word).said(speech.language) for word in words if word))


def _number(event: Event, sop: Sop, speech: Speech) -> str:
    rates = "; ".join(
        f"{phrase(way).said(speech.language)} {format_rate(event.data[f'{way}_ceiling'])}"
        for way in ("receive", "transmit")
    )
    return ", ".join(text for text in (rates, event.data["reason"]) if text)


_DETAIL: dict[str, Callable[[Event, Sop, Speech], str]] = {
    "decided": _decision,
    "allocation_proposed": _number,
    "verification": _verification,
    "signed": _signature,
    "document_added": _document,
    "assigned": _assigned,
    "handed_on": _handed_on,
    "returned": _text_of("to"),
    "reopened": _text_of("to"),
    "paused": _word_of("reason"),
    "ended": _ended,
    "interrupted_again": _again,
    "isp_contact": _text_of("isp", "isp_ticket", "answer"),
    "cause_found": _cause,
    "recovery_estimate": _moment_of("estimate"),
    "deadline_recomputed": _moment_of("due_at"),
    "further_report": _text_of("description"),
    "internal_note": _text_of("text"),
    "public_comment": _text_of("text"),
    "related": _related,
    "merged": _text_of("number"),
    "letter_registered": _text_of("number"),
}
