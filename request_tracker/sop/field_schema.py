"""A form as JSON schema, made from its declared fields: what the API's description publishes. Pure.

The values are texts, as a form sends them: what a person may type (1.000,5) is told in the description.
"""

from collections.abc import Iterable
from typing import Any

from request_tracker.sop.field_reading import LEAST_DBM, MARKED, MOST_DBM, NO, YES
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import MAX_TEXT

Schema = dict[str, Any]
_FORMATS: dict[str, Schema] = {
    "date": {"format": "date"},
    "moment": {"format": "date-time", "description": "The office's local time, without a zone."},
    "hour": {"format": "time", "description": "The office's local time."},
    "email": {"format": "email"},
    "rate": {"description": "A bare number is in Mbit/s; 1.000,5 and 1 Gbps are read too."},
    "number": {"pattern": "^[0-9.]+$", "description": "A whole number; 1.000 is a thousand."},
    "dbm": {"description": f"dBm, from {LEAST_DBM} to {MOST_DBM}; -21,5 and -21.5."},
    "pick": {"description": "One of what the page offers at that moment."},
    "opd": {"description": "The code of an office."},
    "yesno": {"enum": [YES, NO]},
    "secret": {"format": "password"},
    "flag": {"const": MARKED},
}


def form_schema(title: str, fields: Iterable[Field]) -> Schema:
    """The object of a form: a property for each field, and which must be there."""
    form_fields = tuple(fields)
    schema: Schema = {
        "type": "object",
        "title": title,
        "properties": {field.key: field_schema(field) for field in form_fields},
    }
    required = [field.key for field in form_fields if field.required]
    return schema | ({"required": required} if required else {})


def field_schema(field: Field) -> Schema:
    """One field: its name and hint in Indonesian, the first language of people."""
    schema: Schema = {"type": "string", "title": field.indonesian, **_FORMATS.get(field.kind, {})}
    if field.kind in ("text", "long", "secret"):
        schema["maxLength"] = field.longest or MAX_TEXT
    if field.kind == "number" and field.most is not None:
        schema["description"] = f"A whole number from {field.least} to {field.most}."
    if field.choices:
        schema["enum"] = list(field.choices)
    if field.hint:
        schema["description"] = field.hint.indonesian
    return schema


def query_schema(field: Field) -> Schema:
    """The same where an address asks: a number is one there, with its range."""
    if field.kind != "number":
        return field_schema(field)
    most = {} if field.most is None else {"maximum": field.most}
    return {"type": "integer", "title": field.indonesian, "minimum": field.least, **most}
