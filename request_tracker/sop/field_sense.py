"""Whether a form's moments and days can be so, by what its fields declare: values and a clock in, faults out. Pure.

A fault names the fact it goes by: the office's clock, or the other field's day. What else cannot be so (a rate on its
line) is the form's own ``sense``.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from request_tracker.sop.field_reading import over
from request_tracker.sop.fields import Field
from request_tracker.words.bilingual import Both

# A clock of a telephone may be ahead of ours by some minutes (as ``inbox.form_sense.SLACK``).
SLACK = timedelta(minutes=10)


def sense_faults(fields: Iterable[Field], clean: Mapping[str, Any], local_now: datetime) -> dict[str, Both]:
    """What cannot be so; ``local_now`` is the office's clock, as the form's moments are."""
    form_fields, clock = tuple(fields), local_now.replace(tzinfo=None)
    names = {field.key: field.name for field in form_fields}
    faults: dict[str, Both] = {}
    for field in form_fields:
        if field.key not in clean or field.kind not in ("moment", "date"):
            continue
        value = _moment(clean[field.key])
        if field.ahead and value <= _begin(field, clock):
            faults[field.key] = over(clock)
        elif field.past and value > clock + SLACK:
            faults[field.key] = Both(
                f"belum terjadi; sekarang {clock:%d-%m-%Y %H.%M}", f"has not come yet; it is {clock:%Y-%m-%d %H:%M}"
            )
        elif field.after and field.after in clean and value < _moment(clean[field.after]):
            faults[field.key] = _before(names[field.after], clean[field.after])
        elif field.after and field.kind == "moment" and clean.get(field.after) == clean[field.key]:
            faults[field.key] = Both("sama dengan mulainya", "is the same as its beginning")
    return faults


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def _begin(field: Field, clock: datetime) -> datetime:
    """A day is over when the one after it has come: today itself may still be named."""
    return clock if field.kind == "moment" else clock - timedelta(days=1)


def _before(name: Both, first: str) -> Both:
    at = _moment(first)
    shown = ("%d-%m-%Y %H.%M", "%Y-%m-%d %H:%M") if "T" in first else ("%d-%m-%Y", "%Y-%m-%d")
    return Both(
        f"sebelum {_short(name.indonesian).lower()}, {at.strftime(shown[0])}",
        f"is before {_short(name.english)}, {at.strftime(shown[1])}",
    )


def _short(name: str) -> str:
    """A field's name without what its label explains in brackets."""
    return name.partition(" (")[0]
