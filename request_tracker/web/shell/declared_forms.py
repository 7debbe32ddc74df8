"""A form as one declared object: page, check and schema come from the same fields. The request is read here.

A view reads its form with ``read_values``: every field is understood, or its fault stands beside its key, all at once.
``shown`` makes the form for its template again, with what was typed. Nothing is stored here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from flask import g, request

from request_tracker.errors import Refused, WrongFields
from request_tracker.sop.field_schema import Schema, form_schema
from request_tracker.sop.field_sense import sense_faults
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import check_each
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import FormPage
from request_tracker.words.bilingual import Both

Sense = Callable[[Mapping[str, Any]], Mapping[str, Both]]
NO_OPD = Both("pilih salah satu OPD", "choose one of the offices")
# Of a longer text than any field takes (``sop.forms.MAX_TEXT``) so much is read, to tell how long it is.
MAX_TYPED = 20_000
# Characters of a button's word; the longest of ours has 10.
MAX_ACT = 20
# Boxes of one list: there are some dozen roles.
MAX_TICKED = 100


def _no_sense(clean: Mapping[str, Any]) -> Mapping[str, Both]:
    return {}


@dataclass(frozen=True, kw_only=True)
class DeclaredForm:
    """One form of the pages: ``name`` in the API's description, the ``address`` (Flask's rule) it is sent to.

    ``sense``: what else cannot be so, of the values that could be read, by the key of its field. ``in_address``: it is
    sent with the address, as filters and spans are, and changes nothing.
    """

    name: str
    address: str
    title: Both
    fields: tuple[Field, ...]
    sense: Sense = _no_sense
    in_address: bool = False

    @property
    def names(self) -> dict[str, Both]:
        """What a person calls each field."""
        return {field.key: field.name for field in self.fields}

    @property
    def schema(self) -> Schema:
        """The form as JSON schema."""
        return form_schema(self.title.indonesian, self.fields)

    def offering(self, offers: Mapping[str, Mapping[str, str]]) -> "DeclaredForm":
        """The form with what its picks offer at this moment: by field, what each choice sends and is called."""
        return replace(
            self,
            fields=tuple(
                replace(field, offers=tuple(offers[field.key].items())) if field.key in offers else field
                for field in self.fields
            ),
        )


@dataclass(frozen=True, kw_only=True)
class FieldValues:
    """What was sent: as typed, as understood, and what is wrong, by field in the form's order."""

    form: DeclaredForm
    typed: Mapping[str, str]
    clean: Mapping[str, Any]
    faults: Mapping[str, Both]

    def sound(self) -> "FieldValues":
        """Itself, where nothing is wrong. Raises WrongFields with every fault."""
        if self.faults:
            raise WrongFields(self.faults, self.form.names)
        return self

    def text(self, key: str) -> str:
        """A text, or what was picked; empty where nothing was."""
        return str(self.clean.get(key, ""))

    def number(self, key: str) -> int:
        """A number, or the picked account or row; 0 where there is none, which no account and no row has."""
        return int(self.clean.get(key) or 0)

    def day(self, key: str) -> date | None:
        """A day; None where it is empty."""
        return date.fromisoformat(self.clean[key]) if self.clean.get(key) else None

    def moment(self, key: str) -> datetime | None:
        """A moment of the office's clock, in UTC; None where it is empty."""
        if not self.clean.get(key):
            return None
        local = datetime.fromisoformat(self.clean[key])
        return local.replace(tzinfo=office().desk.calendar.zone).astimezone(UTC)


def read_values(form: DeclaredForm, usual: Mapping[str, str] | None = None) -> FieldValues:
    """The form that was sent, with all its faults at once; raises nothing for what a person typed.

    ``usual``: what an address asks for by leaving a field out; a field that is there and empty is empty.
    """
    sent: Mapping[str, str] = {**(usual or {}), **request.args.to_dict()} if form.in_address else request.form
    typed = {field.key: _text_of(field, sent) for field in form.fields}
    clean, wrong = check_each(form.fields, typed)
    codes = {opd.code for opd in office().desk.city.opds}
    wrong |= {f.key: NO_OPD for f in form.fields if f.kind == "opd" and clean.get(f.key, "") not in {"", *codes}}
    good = {key: value for key, value in clean.items() if key not in wrong}
    by_clock = sense_faults(form.fields, good, office().desk.calendar.local(now()))
    faults = {**form.sense(good), **by_clock, **wrong}
    return FieldValues(
        form=form, typed=typed, clean=good, faults={key: faults[key] for key in form.names if key in faults}
    )


def _text_of(field: Field, sent: Mapping[str, str]) -> str:
    """What stands in a field. A password is taken to the letter: a space may be a part of it."""
    text = str(sent.get(field.key, ""))
    return (text if field.kind == "secret" else text.strip())[:MAX_TYPED]


def sense_of(key: str, read: Callable[[str], object]) -> Sense:
    """The sense of a field that another part reads: why ``read`` refuses its text is the field's fault."""

    def sense(clean: Mapping[str, Any]) -> Mapping[str, Both]:
        try:
            read(str(clean.get(key, "")))
        except Refused as error:
            return {key: error.values["reason"]}
        return {}

    return sense


def chosen_act() -> str:
    """The button that sent the form, where it has several; its word is as short as a key of ours."""
    return request.form.get("act", "")[:MAX_ACT]


def sent_text(key: str, longest: int) -> str:
    """A hidden text of the page, or the reason of an act that has no form of its own; cut at what its page holds."""
    return request.form.get(key, "").strip()[:longest]


def sent_list(key: str) -> tuple[str, ...]:
    """What was ticked in a list of boxes of one name, as an account's roles; not more than any office has."""
    return tuple(request.form.getlist(key)[:MAX_TICKED])


def typed_texts(fields: Iterable[Field]) -> dict[str, str]:
    """What stands in these fields, unread: for the draft that outlives a refusal."""
    return {field.key: request.form.get(field.key, "")[:MAX_TYPED] for field in fields}


def typed_form() -> Mapping[str, str]:
    """All that was typed, for the page that shows it again."""
    return request.form


def typed_over_address() -> Mapping[str, str]:
    """What was typed, and what the address fills in where nothing was (``?opd=``)."""
    return {**request.args.to_dict(), **request.form.to_dict()}


def faults_of(error: Refused | None) -> Mapping[str, Both]:
    """What is wrong at which field; nothing where the refusal is of the whole form."""
    return error.faults if isinstance(error, WrongFields) else {}


def problem_of(error: Refused | None) -> str | None:
    """Why the whole form was refused, in the reader's language; None where its fields' faults say it."""
    return None if error is None or faults_of(error) else error.text(g.language)


def shown(form: DeclaredForm, error: Refused | None = None, begin: Mapping[str, str] | None = None) -> FormPage:
    """The form as it stands on its page: refused, with what was typed and its faults; else with what it begins with."""
    return FormPage(
        fields=form.fields,
        values=request.form if error else begin or {},
        key="",
        problem=problem_of(error),
        opds=office().desk.city.opds,
        faults=faults_of(error),
    )


def asked_again(query: FieldValues) -> FormPage:
    """The form of an address as it stands on its page, with what was typed and its faults."""
    return FormPage(fields=query.form.fields, values=query.typed, opds=office().desk.city.opds, faults=query.faults)


def asked_status(query: FieldValues) -> int:
    """The status of the page that an address asked for: 422 where something of it could not be read."""
    return 422 if query.faults else 200
