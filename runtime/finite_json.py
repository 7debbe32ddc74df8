"""JSON from outside: a text in, plain data out whose every number is finite.

Python's own reader takes ``NaN``, ``Infinity`` and ``1e999``, which JSON does not know (RFC 8259, section 6). Such a
number passes every comparison and then fails far away, where a moment or a rate is made of it.
"""

import json
import math
from typing import Any, NoReturn


def parse(text: str | bytes | bytearray) -> Any:
    """What the text says. Raises ValueError where it is no JSON or holds a number that is not finite."""
    return json.loads(text, parse_constant=_refused, parse_float=_finite)


def _refused(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is larger than any number we can hold")
    return number
