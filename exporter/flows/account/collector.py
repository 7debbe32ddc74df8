"""The collector without its socket: datagrams of known exporters in, totals out. One stream, in the order given.

Sets of the same template are counted together at the end of a batch; a template or a sampling rate takes effect from
its packet on, also within a batch. Data before its template waits, bounded; hostile bytes are counted and never raise.
The same code reads captures offline.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from exporter.flows.account.counting import Counted, Habit, Totals, count
from exporter.flows.account.domains import Domain, Taken
from exporter.flows.account.exporters import Exporter
from exporter.flows.account.pending_sets import Held
from exporter.flows.account.prefix_lookup import Owners
from exporter.flows.account.sampling import DEFAULT_SAMPLER, Rates, learned, rates, unknown
from exporter.flows.account.total_counters import totals_alone
from exporter.flows.decode.columns import V5_FIELDS, Records, fixed_records, records_of
from exporter.flows.decode.durations import longest
from exporter.flows.decode.sections import opened
from exporter.flows.decode.sflow import LAYOUTS, SFLOW, read_samples, read_sflow
from exporter.flows.decode.templates import FieldSpec, Key, Template, TemplateError, make_template
from exporter.flows.decode.wire import Packet, WireError, options_templates, read_packet, sets, templates

MAX_DOMAINS, MAX_TEMPLATES = 1024, 1024
_LOOK_SECONDS, MAX_BLOCK_BYTES = 1.0, 1 << 20
_V9_TEMPLATES, _V9_OPTIONS, _IPFIX_TEMPLATES, _IPFIX_OPTIONS = 0, 1, 2, 3
_V5_TEMPLATE = 0
_SFLOW5 = b"\0\0\0\5"

Datagram = bytes | memoryview


@dataclass
class Collector:
    """``allowed`` None takes anybody's datagrams (offline; ``habits`` tells of some); else others are refused, counted.
    ``observe`` sees every block with its rates, ``seen`` what was counted; ``waits``: its domain's first that waits.
    """

    owners: Owners
    allowed: Mapping[str, Habit] | None = None
    clock: Callable[[], float] = time.monotonic
    habits: Mapping[str, Habit] = field(default_factory=dict)
    observe: Callable[[Records, Rates], None] | None = None
    seen: Callable[[Counted], None] | None = None
    totals: Totals = field(init=False)
    exporters: dict[str, Exporter] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    _next_look: float = field(default=-math.inf, repr=False)
    _settle: Callable[[], None] = field(init=False, repr=False)
    _released: int = field(default=0, repr=False)
    waits: bool = field(default=False, repr=False)
    _waiting: list[tuple[Exporter, Domain, Template]] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.totals = Totals.empty(len(self.owners.codes))
        self._settle = self.count_waiting

    def take(self, data: Datagram, source: str) -> None:
        """One datagram; never raises."""
        self.tidy()
        taken = self.read(data, source, self.count_waiting)
        if taken is not None:
            taken.follow()
        self.count_waiting()

    def read(self, data: Datagram, source: str, settle: Callable[[], None]) -> Taken | None:
        """Count one datagram; tells its place in its stream. None: refused or malformed.

        ``settle`` is called before a template or a rate changes: what came earlier has to be counted by the old one.
        """
        exporter = self.exporters.get(source) or self._admitted(source)
        if exporter is None:
            self.refused["unknown_exporter"] += 1
            return None
        exporter.datagrams += 1
        self._settle, self._released, self.waits = settle, 0, False
        if exporter.shelf.held:
            self._overdue(exporter)
        try:
            packet = read_sflow(bytes(data)) if data[:4] == _SFLOW5 else read_packet(data)
            domain = _domain(exporter, packet.version, packet.domain)
            if packet.version == 5:
                units = self._v5(exporter, domain, source, data, packet)
            elif packet.version == SFLOW:
                units = self._sflow(exporter, domain, source, data, packet)
            else:
                units = self._sets(exporter, domain, source, data, packet)
        except WireError:
            exporter.malformed += 1
            return None
        return Taken(domain, packet.sequence, units, self._released, self.waits)

    def domain_of(self, source: str, version: int, number: int) -> tuple[Exporter, Domain] | None:
        """An exporter and one of its domains; None where it is unknown or the domain is one too many."""
        exporter = self.exporters.get(source) or self._admitted(source)
        if exporter is None:
            return None
        try:
            return exporter, _domain(exporter, version, number)
        except WireError:
            return None

    def _admitted(self, source: str) -> Exporter | None:
        if self.allowed is not None and source not in self.allowed:
            return None
        habit = self.allowed[source] if self.allowed is not None else self.habits.get(source, Habit())
        self.exporters[source] = Exporter(habit)
        return self.exporters[source]

    def _v5(self, exporter: Exporter, domain: Domain, source: str, data: Datagram, packet: Packet) -> int:
        template = domain.built_in(source, _V5_TEMPLATE, V5_FIELDS)
        if domain.v5_sampling != packet.sampling:
            self._settle()
            domain.tell_v5(packet.sampling)
        self._queue(exporter, domain, template, data, packet.start, packet.end)
        return packet.records

    def _sflow(self, exporter: Exporter, domain: Domain, source: str, data: Datagram, packet: Packet) -> int:
        """Sampled packets as flow records of one packet each; counts one datagram."""
        try:
            samples = read_samples(bytes(data), packet)
        except WireError:
            exporter.malformed += 1
            return 1
        exporter.sflow.take(samples)
        for identity, rows in samples.rows.items():
            template = domain.built_in(source, identity, LAYOUTS[identity])
            block = b"".join(rows)
            self._queue(exporter, domain, template, block, 0, len(block))
        return 1

    def _sets(self, exporter: Exporter, domain: Domain, source: str, data: Datagram, packet: Packet) -> int:
        """Every set in its order; what one v9 packet counts is 1, what IPFIX counts are its data records.

        What stands before a set that makes no sense is counted.
        """
        ipfix, records = packet.version == 10, 0
        try:
            for number, start, end in sets(data, packet):
                if number >= 256:
                    template = domain.templates.get(number)
                    if template is not None and template.plain:
                        self._queue(exporter, domain, template, data, start, end)
                        records += (end - start) // template.size
                    else:
                        records += self.data(exporter, domain, number, bytes(data[start:end]))
                elif number == (_IPFIX_TEMPLATES if ipfix else _V9_TEMPLATES):
                    for identity, fields in templates(bytes(data[start:end]), ipfix):
                        self._learn(exporter, domain, Key(source, packet.version, packet.domain, identity), fields)
                elif number == (_IPFIX_OPTIONS if ipfix else _V9_OPTIONS):
                    for identity, fields, scope in options_templates(bytes(data[start:end]), ipfix):
                        key = Key(source, packet.version, packet.domain, identity)
                        self._learn(exporter, domain, key, fields, scope, options=True)
        except WireError:
            exporter.malformed += 1
        return records if ipfix else 1

    def _learn(
        self,
        exporter: Exporter,
        domain: Domain,
        key: Key,
        fields: tuple[FieldSpec, ...],
        scope: int = 0,
        options: bool = False,
    ) -> None:
        """A template that is new or has changed takes the place of the old one; none of fields withdraws it."""
        known = domain.templates.get(key.id)
        if known is not None:
            domain.seen[key.id] = self.clock()
        if known is not None and (known.fields, known.scope, known.options) == (fields, scope, options):
            return
        self._settle()
        if not fields:
            domain.withdraw(key.id, options)
            return
        if known is None and exporter.templates >= MAX_TEMPLATES:
            exporter.malformed += 1
            return
        try:
            domain.templates[key.id] = make_template(key, fields, scope, options)
        except TemplateError:
            exporter.malformed += 1
            return
        domain.seen[key.id] = self.clock()
        self._release(exporter, domain, key.id)

    def _queue(
        self, exporter: Exporter, domain: Domain, template: Template, data: Datagram, start: int, end: int
    ) -> None:
        """Keep the whole records of a set until the batch is counted."""
        blocks = domain.blocks.get(template.key.id)
        if blocks is None:
            blocks = domain.blocks[template.key.id] = []
            self._waiting.append((exporter, domain, template))
        blocks.append(memoryview(data)[start : end - (end - start) % template.size])

    def count_waiting(self) -> None:
        """Count the sets that were kept to be counted together."""
        for exporter, domain, template in self._waiting:
            content = b"".join(domain.blocks.pop(template.key.id))
            step = max(1, MAX_BLOCK_BYTES // template.size) * template.size
            for start in range(0, len(content), step):
                self.count(exporter, domain, fixed_records(template, content[start : start + step]))
        self._waiting.clear()

    def data(self, exporter: Exporter, domain: Domain, number: int, content: bytes) -> int:
        """A data set that is not plain, each on its own. Returns its records; 0 where it waits for its template."""
        template = domain.templates.get(number)
        if template is None:
            self.waits |= not any(one.domain is domain and one.plan is None for one in exporter.shelf.held)
            exporter.shelf.put(Held(self.clock(), domain, number, content))
            return 0
        blocks = list(records_of(template, content))
        missing = self._unknown_samplers(exporter, domain, blocks) if template.names_samplers else frozenset[int]()
        if missing:
            exporter.shelf.put(Held(self.clock(), domain, number, content, missing, template))
        else:
            for records in blocks:
                self._sampled(exporter, domain, records) if template.options else self.count(exporter, domain, records)
        return sum(records.count for records in blocks)

    def _unknown_samplers(self, exporter: Exporter, domain: Domain, blocks: list[Records]) -> frozenset[int]:
        """Samplers whose rate is worth waiting for: nothing else tells one."""
        if exporter.habit.sampling or DEFAULT_SAMPLER in domain.samplers:
            return frozenset()
        missing = frozenset().union(*(unknown(domain.samplers, records) for records in blocks))
        exporter.unsampled += bool(missing & domain.untold)
        return missing - domain.untold

    def _sampled(self, exporter: Exporter, domain: Domain, records: Records) -> None:
        """Rates that are new; what waited for them is counted."""
        fresh = learned(domain.samplers, records)
        if fresh:
            self._settle()
            domain.samplers.update(fresh)
            self._decode(exporter, exporter.shelf.take(lambda one: one.domain is domain and domain.knows(one.samplers)))

    def _decode(self, exporter: Exporter, held: Iterable[Held]) -> None:
        """Count sets whose template was known already."""
        for one in held:
            for records in records_of(one.plan, one.content) if one.plan else ():
                self.count(exporter, one.domain, records)

    def _overdue(self, exporter: Exporter) -> None:
        """Give up waiting: a sampler that nobody tells of counts as 1, from now on without waiting."""
        late = exporter.shelf.overdue(self.clock())
        exporter.unsampled += len(late)
        for one in late:
            one.domain.give_up(one.samplers)
        self._decode(exporter, late)

    def tidy(self) -> None:
        """Forget what is too old: templates that were not sent again (RFC 7011 8.4), sets that waited in vain."""
        now = self.clock()
        if now < self._next_look:
            return
        self._next_look = now + _LOOK_SECONDS
        for exporter in self.exporters.values():
            self._overdue(exporter)
            for domain in exporter.domains.values():
                domain.forget(now)

    def count(self, exporter: Exporter, domain: Domain, records: Records) -> None:
        """Count a block of flow records."""
        if not records.count:
            return
        if totals_alone(records):
            if exporter.habit.total_counts:
                records = exporter.deltas.new(records, domain.number)
            else:
                exporter.undeclared_totals = True
        for block in opened(records):
            rate = rates(domain.samplers, block, exporter.habit.sampling)
            exporter.records += count(self.totals, self.owners, block, rate, exporter.habit, self.seen)
            if self.observe is not None:
                self.observe(block, rate)
        exporter.longest_seconds = max(exporter.longest_seconds, longest(records))

    def _release(self, exporter: Exporter, domain: Domain, number: int) -> None:
        """Decode what waited for a template, unless that was too long."""
        self._overdue(exporter)
        mine = exporter.shelf.take(lambda one: one.domain is domain and one.template == number and one.plan is None)
        for one in mine:
            released = self.data(exporter, domain, number, one.content)
            if domain.version == 10:
                self._released += released


def _domain(exporter: Exporter, version: int, number: int) -> Domain:
    known = exporter.domains.get((version, number))
    if known is None:
        if len(exporter.domains) >= MAX_DOMAINS:
            raise WireError(f"observation domain {number} is one too many; {MAX_DOMAINS} are kept")
        known = exporter.domains[version, number] = Domain(version, number)
    return known
