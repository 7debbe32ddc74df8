"""Which sets the express lane takes: routes, streams and plans as arrays that ``native/express.c`` reads and writes.

A route leads from (source, version, domain, set) to a stream and a plan. It holds as long as its template, rates and
settings are the same objects; what changed is looked at again by ``refresh``. Nothing in here is the only copy of
anything but what was added to its streams, which ``express_settling`` takes out.
"""

import json
import math
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exporter.flows.account.copies import StreamName
from exporter.flows.account.domains import ObservationDomain
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.express_plans import PLAN_WORDS, ExpressPlan, plan_of
from exporter.flows.account.template_groups import TemplateGroup, plain_template

# Columns of a stream (``struct stream``): where it stands (WHEN is a float), whether it is in the list of those that
# were touched, and from MOVED on what was added to it since.
VERSION, PORT, SAMPLING, EXPECTED, STAMP, SEQUENCE, LAST = range(7)
WHEN, TOUCHED, MOVED, DATAGRAMS, RECORDS, ABSURD, LONGEST = range(7, 14)
_STREAM_WORDS = LONGEST + 1
_ROUTE_WORDS = 4

# Routes that a city's exporters have: 500 with two templates each. What is more makes the tables anew, twice as large,
# up to what hostile exporters may not exceed: 65,536 routes are 25 MB.
FIRST_ROUTES, MOST_ROUTES = 2048, 65_536
_FREE = np.uint64(0xFFFFFFFFFFFFFFFF)

# How far a stream got, as ``copies`` tells it.
Last = Callable[[StreamName], int]


class StreamOwner(NamedTuple):
    """Whose a stream is; ``name``: what ``copies`` calls it."""

    exporter: FlowExporter
    domain: ObservationDomain
    name: StreamName


class RouteKey(NamedTuple):
    """What a set is told by."""

    exporter: int
    version: int
    domain: int
    set: int


class RouteEntry(NamedTuple):
    """A route and what it leads to."""

    key: RouteKey
    stream: int
    number: int


class ExpressTables:
    """The tables, empty at first. ``sources``: the number of each exporter by its address; ``streams_of`` each."""

    def __init__(self, routes: int = FIRST_ROUTES) -> None:
        self.capacity = routes
        # Twice as many places as routes: with open addressing a search ends soon.
        self.routes = np.full((2 * routes, _ROUTE_WORDS), _FREE, np.uint64)
        self.streams = np.zeros((routes, _STREAM_WORDS), np.int64)
        self.whens = self.streams.view(np.float64)[:, WHEN]
        self.plans = np.zeros((routes, PLAN_WORDS), np.uint64)
        self.plan_of_route = np.zeros(routes, np.int64)
        self.uplinks = np.zeros(0, np.uint64)
        self.sources: dict[str, int] = {}
        self.owners: list[StreamOwner] = []
        self.groups: list[TemplateGroup] = []
        self._names = 0, "[]"
        self._settings: list[ExporterSettings] = []
        self._exporters: list[FlowExporter] = []
        self._looked: list[int] = []
        self._keys: list[list[tuple[RouteKey, int]]] = []
        self.streams_of: list[list[int]] = []
        self._stream_numbers: dict[tuple[int, int, int], int] = {}
        self._plan_numbers: dict[Hashable, int] = {}

    def names_text(self) -> str:
        """Address, version and domain of each stream as JSON, made anew only where one came."""
        if self._names[0] != len(self.owners):
            names = [(exporter.address, domain.version, domain.number) for exporter, domain, _ in self.owners]
            self._names = len(names), json.dumps(names)
        return self._names[1]

    @property
    def full(self) -> bool:
        """True where no further route has a place: the tables have to be made anew."""
        return len(self.groups) >= self.capacity

    def meet(self, exporter: FlowExporter) -> int:
        """The number of an exporter, new or not."""
        number = self.sources.get(exporter.address)
        if number is None:
            number = self.sources[exporter.address] = len(self._exporters)
            self._exporters.append(exporter)
            self._keys.append([])
            self._looked.append(-1)
            self.streams_of.append([])
        return number

    def enter(self, number: int, key: tuple[int, int, int], last: Last) -> RouteEntry | None:
        """A route for (version, domain, set) of an exporter; None where there is none, or no place for it."""
        exporter, (version, domain_number, set_number) = self._exporters[number], key
        domain = exporter.domains.get((version, domain_number))
        template = None if domain is None else plain_template(domain, set_number)
        if domain is None or template is None or self.full:
            return None
        group = TemplateGroup(exporter, domain, set_number, template, domain.samplers)
        stream = self._stream(number, domain, last)
        self.plan_of_route[len(self.groups)] = self._plan(group)
        self.groups.append(group)
        self._settings.append(exporter.settings)
        entry = RouteEntry(RouteKey(number, *key), stream, len(self.groups) - 1)
        self._keys[number].append((entry.key, entry.number))
        return entry

    def changed(self, number: int, last: Last) -> list[RouteKey]:
        """Look at an exporter's streams again: they stand where Python says. The routes that hold no more."""
        exporter = self._exporters[number]
        self._looked[number] = exporter.changes
        stale = []
        for key, place in self._keys[number]:
            group = self.groups[place]
            domain = exporter.domains.get((key.version, key.domain))
            if (
                domain is not group.domain
                or domain.templates.get(key.set) is not group.template
                or domain.samplers is not group.samplers
                or exporter.settings is not self._settings[place]
            ):
                stale.append(key)
            else:
                self._stand(self._stream_numbers[key[:3]], domain, last)
        if stale:
            self._keys[number] = [row for row in self._keys[number] if row[0] not in stale]
        return stale

    def outdated(self) -> list[int]:
        """The exporters of which more than their counts may have changed since ``changed`` looked at them."""
        pairs = zip(self._exporters, self._looked, strict=True)
        return [number for number, (exporter, looked) in enumerate(pairs) if exporter.changes != looked]

    def _stream(self, number: int, domain: ObservationDomain, last: Last) -> int:
        key = number, domain.version, domain.number
        stream = self._stream_numbers.get(key)
        exporter = self._exporters[number]
        owner = StreamOwner(exporter, domain, (exporter.address, domain.version << 32 | domain.number))
        if stream is None:
            stream = self._stream_numbers[key] = len(self.owners)
            self.owners.append(owner)
            self.streams_of[number].append(stream)
        self.owners[stream] = owner
        self._stand(stream, domain, last)
        return stream

    def _stand(self, stream: int, domain: ObservationDomain, last: Last) -> None:
        head, expected = domain.head, domain.sequence.expected
        # Any port that is not the one is for Python to judge, and so is each where there are several.
        port = next(iter(domain.ports)) if len(domain.ports) == 1 else -1
        self.streams[stream, :WHEN] = (
            domain.version,
            port,
            domain.v5_sampling,
            -1 if expected is None else expected,
            *((-1, -1) if head is None else head[:2]),
            last(self.owners[stream].name),
        )
        self.whens[stream] = 0.0 if head is None else head.when

    def _plan(self, group: TemplateGroup) -> int:
        settings = group.exporter.settings
        rates = tuple(group.samplers.items()) if group.samplers else ()
        # As ``shared_blocks``: what only one exporter's records mean is shared with no other's.
        shared: Hashable = (group.template.fields, group.domain.version, settings, rates)
        name = shared if group.template.shareable else len(self.groups)
        number = self._plan_numbers.get(name)
        if number is None:
            number = self._plan_numbers[name] = len(self._plan_numbers)
            self._write(number, plan_of(group, settings))
        return number

    def _write(self, number: int, plan: ExpressPlan) -> None:
        self.plans[number] = plan.words
        if plan.uplinks:
            # The sixth word: where they begin.
            self.plans[number, 5] = len(self.uplinks)
            self.uplinks = np.append(self.uplinks, np.array(plan.uplinks, np.uint64))


def larger(tables: ExpressTables) -> ExpressTables:
    """Empty tables with room for more routes; at the bound, empty ones of the same size."""
    return ExpressTables(min(MOST_ROUTES, 2 ** math.ceil(math.log2(tables.capacity + 1))))


def address(column: NDArray[Any]) -> int:
    """Where an array lies in memory."""
    return int(column.ctypes.data)
