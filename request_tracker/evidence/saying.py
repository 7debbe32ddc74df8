"""How a reason says its numbers: bytes per second, hours and shares in, text in both languages out. Pure."""

from inventory.rates import format_rate
from request_tracker.words.bilingual import Both


def number(text: str) -> Both:
    """A number written with a point; Indonesian writes a comma."""
    return Both(text.replace(".", ","), text)


def rate(bytes_per_second: float) -> Both:
    """``18,23 Mbit/s`` of bytes per second."""
    return number(format_rate(bytes_per_second))


def measured_rate(bytes_per_second: float) -> Both:
    """``18,2 Mbit/s``, as the pages' figures say it: a mean of five minutes is known no better."""
    for unit, size in (("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3)):
        value = bytes_per_second * 8 / size
        if value >= 1:
            return number(f"{value:.0f} {unit}" if value >= 100 else f"{value:.1f}".removesuffix(".0") + f" {unit}")
    return number(f"{bytes_per_second * 8:.0f} bit/s")


def hours(count: float) -> Both:
    """Whole hours; a part of one is told with a digit, so that it never reads as none."""
    return number(f"{count:.0f}" if count >= 1 or count == 0 else f"{count:.1f}")


def days(count: float) -> Both:
    """Days with a digit where they are not whole; less than a tenth of one is said as that, never as none."""
    if 0 < count < 0.05:
        return Both("kurang dari 0,1", "less than 0.1")
    return number(f"{count:.1f}".removesuffix(".0"))


def percent(share: float) -> Both:
    """A share as whole per cents; below one with a digit."""
    return number(f"{share * 100:.0f} %" if share >= 0.01 or share == 0 else f"{share * 100:.1f} %")
