"""What records of one template, rate and exporter's settings mean, as the words that ``native/express.c`` reads. Pure.

A plan that does not count leaves its records to the stages of ``pipeline``; so do all that need more than sums of
numbers at fixed places.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.owning import SOURCES, TARGETS
from exporter.flows.account.sampling import SamplingRate, rates_of
from exporter.flows.account.template_groups import TemplateGroup
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import IANA, Records
from exporter.flows.decode.durations import TIMES
from exporter.flows.decode.templates import FlowTemplate

# ``struct plan``: eight words, six fields and twice four ends of two words each; for the history three words, and five
# fields.
PLAN_WORDS, _ENDS = 49, 4

# Fields of a record that are part of a key of the history (``history.minute``).
_KEY_FIELDS = (f.SOURCE_PORT, f.TARGET_PORT, f.PROTOCOL, f.SOURCE_AS, f.TARGET_AS)

# Longer numbers may be larger than a word.
_LONGEST = 8

# What makes amounts differ from record to record beside their numbers: rates in records, both ways in one.
_BY_RECORD = (f.SAMPLING, f.SAMPLER_RATE, f.SAMPLED_PACKETS, f.SPACE_INTERVAL, f.SAMPLE_SIZE, f.SAMPLE_POPULATION)
_BOTH_WAYS = (f.INITIATOR_BYTES, f.RESPONDER_BYTES)
_REVERSE = ((f.REVERSE_ENTERPRISE, f.IN_BYTES), (f.REVERSE_ENTERPRISE, f.IN_PACKETS))

# Names of rates below this are those of interfaces (``sampling.by_interface``).
_INTERFACES = -16

_NONE = (0, 0)


class ExpressPlan(NamedTuple):
    """``words``: all but where its uplinks stand; ``uplinks``: the interfaces of which one has to be a flow's."""

    words: tuple[int, ...]
    uplinks: tuple[int, ...] = ()


def plan_of(group: TemplateGroup, settings: ExporterSettings) -> ExpressPlan:
    """The plan of a template's records, whose size alone it has where they are not to be counted by it."""
    template = group.template
    idle = ExpressPlan((template.size, *(0,) * (PLAN_WORDS - 1)))
    fields = _fields(template)
    if fields is None or _differs(template, settings, group.samplers):
        return idle
    row = Records(1, np.zeros((1, template.size), np.uint8), template.places)
    rates = rates_of(group.samplers, row, settings.sampling, settings.packet_interval == "one_in")
    if rates.rate.ndim or (rates.divisor is not None and (rates.divisor.ndim or not rates.divisor)):
        return idle
    divisor = 1 if rates.divisor is None else int(rates.divisor)
    times = next(((fields[a], fields[b], unit) for a, b, unit in TIMES if fields[a][1] and fields[b][1]), None)
    first, last, unit = times or (_NONE, _NONE, 1)
    interfaces = (fields[f.INPUT], fields[f.OUTPUT])
    uplinks = tuple(sorted(settings.uplinks)) if any(length for _, length in interfaces) else ()
    head = (template.size, 1, int(rates.rate), divisor, int(settings.internal), 0, len(uplinks), unit)
    numbers = (fields[f.IN_BYTES], fields[f.IN_PACKETS], first, last, *interfaces)
    pairs = (*numbers, *_ends(template, SOURCES), *_ends(template, TARGETS))
    return ExpressPlan((*head, *(word for pair in pairs for word in pair), *_key_words(template)), uplinks)


def _key_words(template: FlowTemplate) -> tuple[int, ...]:
    """What the history needs beside; noughts where its keys are made by ``history.minute``."""
    fields = [template.places.get((IANA, element), _NONE) for element in _KEY_FIELDS]
    applications = template.places.get((IANA, f.APPLICATION), _NONE)[1]
    if applications or any(length > _LONGEST for _, length in fields):
        return (0,) * (3 + 2 * len(fields))
    # Those before NAT come first, one of each family.
    before = [sum(pair != _NONE for pair in _ends(template, elements[:2])) for elements in (SOURCES, TARGETS)]
    return (1, *before, *(word for pair in fields for word in pair))


def _differs(template: FlowTemplate, settings: ExporterSettings, samplers: Mapping[int, SamplingRate]) -> bool:
    """True where more has to be known of each record than its numbers."""
    places = template.places
    return (
        not template.shareable
        or any((IANA, element) in places for element in (*_BY_RECORD, *_BOTH_WAYS))
        or any(place in places for place in _REVERSE)
        or (settings.direction == "both" and (IANA, f.DIRECTION) in places)
        or (min(samplers, default=0) < _INTERFACES and (IANA, f.INPUT) in places)
    )


def _fields(template: FlowTemplate) -> dict[int, tuple[int, int]] | None:
    """Where the numbers stand that are read; of no length: there is none. None where one may be larger than a word."""
    times = [element for first, last, _ in TIMES for element in (first, last)]
    elements = (f.IN_BYTES, f.IN_PACKETS, f.INPUT, f.OUTPUT, *times)
    fields = {element: template.places.get((IANA, element), _NONE) for element in elements}
    return None if any(length > _LONGEST for _, length in fields.values()) else fields


def _ends(template: FlowTemplate, elements: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    places = (template.places.get((IANA, element), _NONE) for element, _ in elements)
    ends = [place for place, (_, length) in zip(places, elements, strict=True) if place[1] == length]
    return [*ends, *[_NONE] * (_ENDS - len(ends))]
