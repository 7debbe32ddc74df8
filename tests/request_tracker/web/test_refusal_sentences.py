"""A refusal of a form reads as a sentence, whatever its fields are called: for every form that the house declares."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest

import request_tracker.web
from request_tracker.errors import Refused, WrongFields
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import FORMS, IS_EMPTY, OPENING, check_each, check_values, fields_of
from request_tracker.web.shell.pages import PageGroup

# Two marks of punctuation that follow each other, a hole where a name or a reason should be, a space before a mark.
UNEVEN = re.compile(r"[?!.,:;]{2}|“[^”]*$|“”|: *[.;]|  | [.,:;?!](\s|$)|[{}]")
# No kind of field takes it: longer than any text, and no rate, day, number or choice.
NEVER = "?" * 5000


def form_fields() -> Iterator[tuple[str, tuple[Field, ...]]]:
    """Every form by its name: those of the pages, of the opening of cases, of the SOPs and their steps."""
    for found in walk_packages(request_tracker.web.__path__, "request_tracker.web."):
        group = getattr(import_module(found.name), "pages", None)
        for form in group.forms if isinstance(group, PageGroup) else ():
            yield f"page {form.name}", form.fields
    yield from ((f"opening {kind}", fields) for kind, fields in OPENING.items())
    yield from ((f"form {name}", fields) for name, fields in FORMS.items())
    for sop in shipped_sops():
        yield from ((f"{sop.code} {name}", fields) for name, fields in sop.forms.items())
        filled = (step for step in sop.steps.values() if step.form)
        yield from ((f"{sop.code} {step.id}", fields_of(step.form, sop.forms)) for step in filled)


EACH = dict(form_fields())


def refusals(fields: tuple[Field, ...]) -> Iterator[Refused]:
    """What is told where nothing stands in the form, and where each field holds what it cannot take."""
    names = {field.key: field.name for field in fields}
    yield WrongFields(dict.fromkeys(names, IS_EMPTY), names)
    yield WrongFields(check_each(fields, dict.fromkeys(names, NEVER))[1], names)
    for values in ({}, *({key: NEVER} for key in names)):
        try:
            check_values(fields, values)
        except Refused as error:
            yield error


@pytest.mark.parametrize("name", [name for name in EACH if EACH[name]])
def test_every_refusal_of_a_form_is_a_sentence_in_both_languages(name: str) -> None:
    for error in refusals(EACH[name]):
        for language in ("id", "en"):
            sentence = error.text(language)
            assert sentence[:1].isupper() and sentence.endswith(".") and not UNEVEN.search(sentence), sentence


def test_a_question_as_a_fields_name_keeps_its_mark_to_itself() -> None:
    asked = Field("right", "Alamatnya benar?", "Is the address right?", "yesno")
    told = next(error for error in refusals((asked,)) if error.code == "missing_here")
    assert told.both() == ("Isian “Alamatnya benar?” belum diisi.", "Fill in “Is the address right?”.")
    assert UNEVEN.search("Fill in Is the address right?.") and UNEVEN.search("Field Is it right?: choose.")
