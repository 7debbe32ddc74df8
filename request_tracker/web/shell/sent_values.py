"""What an address or a form sends, made harmless where it comes in: texts without control characters, bounded numbers.

Every page reads what was sent through these, so that none has to think of a number of a hundred digits, of a NUL in a
name or of half a letter. A number that is none is None, as Flask has it.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Request, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter

from request_tracker.words.written import MOST_NUMBER, number_of

# What XML 1.0 forbids in a text, and with it Word and OpenDocument; tabs and ends of lines stay.
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
Sent = Mapping[str, Any] | Iterable[tuple[str, Any]] | None


class SentValues(ImmutableMultiDict[str, Any]):
    """Values by name, several of one name, each text cleaned; files stay as they are."""

    def __init__(self, mapping: Sent = None) -> None:
        super().__init__(mapping)
        for key in list(dict.keys(self)):
            dict.__setitem__(self, key, [clean(value) for value in dict.__getitem__(self, key)])


class OfficeRequest(Request):
    """Flask's request, whose address and form hold cleaned texts."""

    parameter_storage_class = SentValues


class BoundedNumber(IntegerConverter):
    """A number in a path; a larger one has no page."""

    def __init__(self, *of_werkzeug: Any, **options: Any) -> None:
        super().__init__(*of_werkzeug, **{"max": MOST_NUMBER, **options})


def clean(value: Any) -> Any:
    """A text without what no paper and no database takes; anything else as it is."""
    return _CONTROL.sub("", value) if isinstance(value, str) else value


def form_number(key: str) -> int | None:
    """A whole number of the form; None where it is missing or none."""
    return _number(request.form.get(key, ""))


def query_number(key: str) -> int | None:
    """A whole number of the address; None where it is missing or none."""
    return _number(request.args.get(key, ""))


def _number(text: str) -> int | None:
    try:
        return number_of(text.strip())
    except ValueError:
        return None
