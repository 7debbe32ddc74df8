"""Rates: text such as ``20 Mbit/s`` in, whole bytes per second out, and back for people.

Bytes per second inside, bits per second only where a person reads.
"""

import re
from decimal import Decimal
from fractions import Fraction

_UNITS = {"bit/s": 1, "kbit/s": 10**3, "Mbit/s": 10**6, "Gbit/s": 10**9, "Tbit/s": 10**12}
# In bytes per second: a thousand times the fastest line that is sold, and within any database's whole numbers.
MOST_RATE = 10**15
# 1 Tbit/s: no line of a city is faster, so more is a slip of the unit; sums of rates stay far below 2^63.
HIGHEST_BYTES_PER_SECOND = 10**12 // 8
# Not ``\d``: Python would read the digits of every script.
_RATE = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*(\S+)")


def parse_rate(text: str) -> int:
    """Read a rate written for people, e.g. ``2,5 Gbit/s``; returns bytes per second.

    Raises ValueError naming the text and the units allowed; a rate is positive and a whole number of bytes.
    """
    match = _RATE.fullmatch(text.strip())
    if match is None or match[2] not in _UNITS:
        raise ValueError(f"{text!r} is not a rate; write a number and one of {', '.join(_UNITS)}")
    # A fraction, not a float: whether a rate is a whole number of bytes must not hang on rounding. Indonesia writes a
    # comma.
    bits = Fraction(match[1].replace(",", ".")) * _UNITS[match[2]]
    if not 0 < bits <= 8 * MOST_RATE or bits % 8:
        raise ValueError(f"{text!r} is not a possible rate; it must be above 0 and a multiple of 8 bit/s")
    return int(bits / 8)


def format_rate(bytes_per_second: float) -> str:
    """Bytes per second as people read it, in bits: ``format_rate(2_500_000) == '20 Mbit/s'``."""
    bits = bytes_per_second * 8
    for unit, factor in reversed(_UNITS.items()):
        if bits >= factor or factor == 1:
            return f"{bits / factor:.4g} {unit}" if bits < 1e4 * factor else f"{bits / factor:.0f} {unit}"
    raise AssertionError("the last unit is bit/s")


def exact_rate(bytes_per_second: int) -> str:
    """A rate to its last digit, in the largest unit: what ``parse_rate`` and a form read back as the same number.

    Never with three decimals: ``2.048 Mbit/s`` is two thousand to who writes the point between thousands.
    """
    bits = bytes_per_second * 8
    for unit, factor in reversed(_UNITS.items()):
        value = (Decimal(bits) / factor).normalize()
        if value >= 1 and value.as_tuple().exponent != -3:
            return f"{value:f} {unit}"
    raise ValueError(f"{bytes_per_second} bytes per second is no rate")
