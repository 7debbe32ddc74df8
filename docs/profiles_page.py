"""The reference page of device profiles: the shipped files and the exporter's own tables in, Markdown out."""

from collections.abc import Iterator

from exporter.snmp.profiles.loading import load_profiles
from exporter.snmp.profiles.model import Profile
from exporter.snmp.profiles.quantities import QUANTITIES, UNITS

_HEAD = """# Device profiles

What is read of a device besides its ports, as data: [how to add one](../how-to/device-profiles.md). None of the shipped
profiles was tried on a real device of its family yet; each was read from an agent written after the MIB that it names.
Values that a device sends for *nothing there* give no sample.

## What a profile can measure
"""
_TITLES = "| `measures` | metric | units | thresholds |"


def profiles_page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, _TITLES, "|---|---|---|---|", *_measures(), "\n## Shipped profiles\n", *_shipped(), ""])


def _measures() -> Iterator[str]:
    for word, quantity in QUANTITIES.items():
        sides = (("low", quantity.low), ("high", quantity.high))
        thresholds = ", ".join(f"`{side}` as `{metric.name}`" for side, metric in sides if metric)
        units = ", ".join(UNITS[quantity.base])
        yield f"| `{word}` | `{quantity.metric.name}` ({', '.join(quantity.metric.labels)}) | {units} | {thresholds} |"


def _shipped() -> Iterator[str]:
    yield from ("| file | for | source of its numbers | measures |", "|---|---|---|---|")
    for profile in sorted(load_profiles(), key=lambda profile: profile.name):
        words = ", ".join(dict.fromkeys(_word(profile)))
        yield f"| `{profile.name}` | {profile.title} | {profile.mib} | {words} |"


def _word(profile: Profile) -> Iterator[str]:
    for reading in profile.readings:
        yield f"{reading.measures} ({reading.medium})" if reading.medium else reading.measures
