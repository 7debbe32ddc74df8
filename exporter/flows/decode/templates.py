"""Templates: what a data set's bytes mean. A set of fields in, a plan to read fixed-size records with NumPy out. Pure.

Keyed by exporter address, version, observation domain and id - never by source port. Sizes are bounded, because a
template is hostile input.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from exporter.flows.decode.fields import SAMPLER_ID, SELECTOR_ID, VARIABLE

MAX_FIELDS, MAX_RECORD_BYTES = 256, 9000
_SAMPLERS = frozenset({SAMPLER_ID, SELECTOR_ID})


class Key(NamedTuple):
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
class Template:
    """Fields in their order. ``scope`` counts the leading scope fields of an options template (0: flow records)."""

    key: Key
    fields: tuple[FieldSpec, ...]
    scope: int = 0
    options: bool = False
    places: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict, compare=False)
    size: int = 0
    names_samplers: bool = False

    @property
    def fixed(self) -> bool:
        """True where every record has the same size."""
        return self.size > 0

    @property
    def plain(self) -> bool:
        """True for flow records of one size whose sampling rate needs no look-up by record."""
        return self.size > 0 and not self.options and not self.names_samplers


class TemplateError(ValueError):
    """A template that is not to be believed."""


def make_template(key: Key, fields: Sequence[FieldSpec], scope: int = 0, options: bool = False) -> Template:
    """A template with the place of each field. Raises TemplateError where its sizes are impossible."""
    if not 0 < len(fields) <= MAX_FIELDS:
        raise TemplateError(f"template {key.id} of {key.exporter} has {len(fields)} fields; 1 to {MAX_FIELDS} are read")
    variable = any(one.length == VARIABLE for one in fields)
    size = 0 if variable else sum(one.length for one in fields)
    if not variable and not 0 < size <= MAX_RECORD_BYTES:
        raise TemplateError(f"template {key.id} of {key.exporter} has records of {size} bytes")
    places: dict[tuple[int, int], tuple[int, int]] = {}
    offset = 0
    for one in fields:
        places.setdefault((one.enterprise, one.element), (offset, one.length))
        offset += one.length
    named = not options and any(one.element in _SAMPLERS and not one.enterprise for one in fields)
    return Template(key, tuple(fields), scope, options, places if not variable else {}, size, named)
