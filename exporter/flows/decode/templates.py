"""Templates: what a data set's bytes mean. A set of fields in, a plan to read fixed-size records with NumPy out. Pure.

Keyed by exporter address, version, observation domain and id - never by source port. Sizes are bounded, because a
template is hostile input.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from exporter.flows.decode.fields import (
    FIREWALL_EVENT,
    FLOW_ID,
    FRAME_SECTION,
    IN_BYTES,
    INITIATOR_BYTES,
    IP_SECTION,
    LAYER2_BYTES,
    LAYER2_SECTION,
    LAYER2_TOTAL,
    MPLS_SECTION,
    OLD_FIREWALL_EVENT,
    OUT_BYTES,
    OUT_PACKETS,
    RESPONDER_BYTES,
    SAMPLER_ID,
    SAMPLER_NAME,
    SELECTOR_ID,
    SELECTOR_NAME,
    SEQUENCE_ID,
    TOTAL_BYTES,
    TOTAL_PACKETS,
    VARIABLE,
)

# Bounds against hostile templates. The largest met (Cisco ASA) has some 40 fields; no fixed record is longer than a
# jumbo frame, for it has to fit into a datagram.
MAX_FIELDS, MAX_RECORD_BYTES = 256, 9000

# A firewall's records of connections: what one tells depends on those before it, in their order.
_EVENTS = frozenset({FIREWALL_EVENT, OLD_FIREWALL_EVENT})
_OF_CONNECTIONS = frozenset({INITIATOR_BYTES, RESPONDER_BYTES, TOTAL_BYTES, TOTAL_PACKETS})

# Records that name their sampler wait for its rate (rule 4); all others are plain.
_SAMPLERS = frozenset({SAMPLER_ID, SELECTOR_ID, SAMPLER_NAME, SELECTOR_NAME, SEQUENCE_ID})

# A sequence names each of its selectors by the same element; more than a few filters and samplers nobody chains.
_REPEATED, MOST_SELECTORS = (0, SELECTOR_ID), 8


# Elements whose meaning is found out by exporter (OUT_BYTES beside IN_BYTES, octets of layer 2), that need what was
# counted before (totals), or are opened record by record (packets' first bytes).
_OF_EXPORTER = frozenset(
    {
        OUT_BYTES,
        OUT_PACKETS,
        LAYER2_BYTES,
        LAYER2_TOTAL,
        TOTAL_BYTES,
        TOTAL_PACKETS,
        FRAME_SECTION,
        LAYER2_SECTION,
        IP_SECTION,
        MPLS_SECTION,
    }
)

# Layouts that are remembered: a city has some dozens; of what is forgotten, equal ones are counted apart.
_LAYOUTS = 1024


class TemplateKey(NamedTuple):
    """Whose template it is."""

    exporter: str
    version: int
    domain: int
    id: int


class FieldSpec(NamedTuple):
    """One field: its element, its length (65535: variable) and its enterprise (0: IANA)."""

    element: int
    length: int
    enterprise: int = 0


@dataclass(frozen=True)
class FlowTemplate:
    """Fields in their order. ``scope`` counts the leading scope fields of an options template (0: flow records)."""

    key: TemplateKey
    fields: tuple[FieldSpec, ...]
    scope: int = 0
    options: bool = False
    places: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict, compare=False)
    size: int = 0
    names_samplers: bool = False
    connections: bool = False

    @property
    def fixed(self) -> bool:
        """True where every record has the same size."""
        return self.size > 0

    @cached_property
    def plain(self) -> bool:
        """True for flow records of one size that need no look-up by record, of a rate or of a connection."""
        return self.size > 0 and not self.options and not self.names_samplers and not self.connections

    @cached_property
    def shareable(self) -> bool:
        """True for plain records that say nothing of their exporter beyond themselves."""
        return self.plain and not any(spec.element in _OF_EXPORTER for spec in self.fields)


@lru_cache(_LAYOUTS)
def _one_layout(fields: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
    """Equal fields as one object, so that layouts of many exporters are compared by their identity."""
    return fields


def put_place(places: dict[tuple[int, int], tuple[int, int]], spec: FieldSpec, place: tuple[int, int]) -> None:
    """Note where a field stands. Of equal ones the first holds; further selectors have enterprises below 0."""
    key = spec.enterprise, spec.element
    if key == _REPEATED and key in places:
        free = (number for number in range(1, MOST_SELECTORS) if (-number, spec.element) not in places)
        key = -next(free, 1), spec.element
    places.setdefault(key, place)


class TemplateError(ValueError):
    """A template that is not to be believed."""


def make_template(key: TemplateKey, fields: Sequence[FieldSpec], scope: int = 0, options: bool = False) -> FlowTemplate:
    """A template with the place of each field. Raises TemplateError where its sizes are impossible."""
    if not 0 < len(fields) <= MAX_FIELDS:
        raise TemplateError(f"template {key.id} of {key.exporter} has {len(fields)} fields; 1 to {MAX_FIELDS} are read")
    variable = any(spec.length == VARIABLE for spec in fields)
    size = 0 if variable else sum(spec.length for spec in fields)
    if not variable and not 0 < size <= MAX_RECORD_BYTES:
        raise TemplateError(f"template {key.id} of {key.exporter} has records of {size} bytes")
    places: dict[tuple[int, int], tuple[int, int]] = {}
    offset = 0
    for spec in fields:
        put_place(places, spec, (offset, spec.length))
        offset += spec.length
    samplers = not options and any(spec.element in _SAMPLERS and not spec.enterprise for spec in fields)
    standard = {spec.element for spec in fields if not spec.enterprise}
    counters = standard & _OF_CONNECTIONS or (FLOW_ID in standard and IN_BYTES in standard)
    connections = not options and bool(standard & _EVENTS) and bool(counters)
    return FlowTemplate(
        key=key,
        fields=_one_layout(tuple(fields)),
        scope=scope,
        options=options,
        # Where each record has its own lengths, no field has one place.
        places=places if not variable else {},
        size=size,
        names_samplers=samplers,
        connections=connections,
    )
