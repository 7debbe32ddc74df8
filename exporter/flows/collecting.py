"""The collector without its socket: datagrams of known exporters in, totals out. One stream, in the order given.

A template takes effect from its packet on; data before its template waits, bounded; hostile bytes are counted and
never raise. The same code reads captures offline.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from exporter.flows import fields as f
from exporter.flows.columns import V5_FIELDS, Numbers, Records, fixed_records, variable_records
from exporter.flows.counting import Habit, Totals, count, longest
from exporter.flows.loss import Sequence
from exporter.flows.owners import Owners
from exporter.flows.templates import FieldSpec, Key, Template, TemplateError, make_template
from exporter.flows.wire import Packet, WireError, options_templates, read_packet, sets, templates

MAX_TEMPLATES, MAX_HELD, HOLD_SECONDS = 1024, 64, 30.0
MAX_SAMPLERS = 1024
_V9_TEMPLATES, _V9_OPTIONS, _IPFIX_TEMPLATES, _IPFIX_OPTIONS = 0, 1, 2, 3
_DEFAULT_SAMPLER = -1


@dataclass
class Exporter:
    """What is known and counted of one exporter."""

    habit: Habit = field(default_factory=Habit)
    records: int = 0
    datagrams: int = 0
    undecoded: int = 0
    malformed: int = 0
    longest_seconds: float = 0.0
    sequences: dict[tuple[int, int], Sequence] = field(default_factory=dict)
    samplers: dict[tuple[int, int], int] = field(default_factory=dict)
    held: list[tuple[float, Key, bytes]] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """Units lost over all its streams."""
        return sum(sequence.lost for sequence in self.sequences.values())


@dataclass
class Collector:
    """``allowed`` None takes datagrams of anybody (offline), ``habits`` then says what is known of some of them; else
    others are refused and counted.
    """

    owners: Owners
    allowed: Mapping[str, Habit] | None = None
    clock: Callable[[], float] = time.monotonic
    habits: Mapping[str, Habit] = field(default_factory=dict)
    totals: Totals = field(init=False)
    exporters: dict[str, Exporter] = field(default_factory=dict)
    templates: dict[Key, Template] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.totals = Totals.empty(len(self.owners.codes))

    def take(self, data: bytes, source: str) -> None:
        """One datagram; never raises."""
        exporter = self._exporter(source)
        if exporter is None:
            self.refused["unknown_exporter"] += 1
            return
        exporter.datagrams += 1
        try:
            packet = read_packet(data)
            units = (
                self._v5(exporter, source, data, packet)
                if packet.version == 5
                else self._sets(exporter, source, data, packet)
            )
        except WireError:
            exporter.malformed += 1
            return
        stream = exporter.sequences.setdefault((packet.version, packet.domain), Sequence())
        if len(exporter.sequences) <= MAX_SAMPLERS:
            stream.take(packet.sequence, units)

    def _exporter(self, source: str) -> Exporter | None:
        known = self.exporters.get(source)
        if known is None:
            if self.allowed is not None and source not in self.allowed:
                return None
            habit = self.allowed[source] if self.allowed is not None else self.habits.get(source, Habit())
            known = self.exporters[source] = Exporter(habit)
        return known

    def _v5(self, exporter: Exporter, source: str, data: bytes, packet: Packet) -> int:
        template = make_template(Key(source, 5, packet.domain, 0), V5_FIELDS)
        if packet.sampling and len(exporter.samplers) < MAX_SAMPLERS:
            exporter.samplers[packet.domain, _DEFAULT_SAMPLER] = packet.sampling
        self._count(exporter, packet.domain, fixed_records(template, data[packet.start : packet.end]))
        return packet.count

    def _sets(self, exporter: Exporter, source: str, data: bytes, packet: Packet) -> int:
        """Every set in its order; what one v9 packet counts is 1, what IPFIX counts are its data records."""
        ipfix, records = packet.version == 10, 0
        for number, content in sets(data, packet):
            if number == (_IPFIX_TEMPLATES if ipfix else _V9_TEMPLATES):
                self._learn(exporter, source, packet, content)
            elif number == (_IPFIX_OPTIONS if ipfix else _V9_OPTIONS):
                self._learn_options(exporter, source, packet, content)
            elif number >= 256:
                records += self._data(exporter, Key(source, packet.version, packet.domain, number), content)
        return records if ipfix else 1

    def _learn(self, exporter: Exporter, source: str, packet: Packet, content: bytes) -> None:
        for number, fields in templates(content, packet.version == 10):
            key = Key(source, packet.version, packet.domain, number)
            if not fields:
                self.templates.pop(key, None)
                continue
            self._keep(exporter, key, fields)

    def _learn_options(self, exporter: Exporter, source: str, packet: Packet, content: bytes) -> None:
        for number, fields, scope in options_templates(content, packet.version == 10):
            key = Key(source, packet.version, packet.domain, number)
            self._keep(exporter, key, fields, scope, options=True)

    def _keep(
        self, exporter: Exporter, key: Key, fields: tuple[FieldSpec, ...], scope: int = 0, options: bool = False
    ) -> None:
        mine = sum(known.exporter == key.exporter for known in self.templates)
        if key not in self.templates and mine >= MAX_TEMPLATES:
            exporter.malformed += 1
            return
        try:
            self.templates[key] = make_template(key, fields, scope, options)
        except TemplateError:
            exporter.malformed += 1
            return
        self._release(exporter, key)

    def _data(self, exporter: Exporter, key: Key, content: bytes) -> int:
        template = self.templates.get(key)
        if template is None:
            self._hold(exporter, key, content)
            return 0
        if template.options:
            return self._options(exporter, key.domain, template, content)
        if template.fixed:
            records = fixed_records(template, content)
            self._count(exporter, key.domain, records)
            return records.count
        found = 0
        for one in variable_records(template, content):
            self._count(exporter, key.domain, one)
            found += 1
        return found

    def _count(self, exporter: Exporter, domain: int, records: Records) -> None:
        if not records.count:
            return
        exporter.records += records.count
        count(self.totals, self.owners, records, self._rates(exporter, domain, records), exporter.habit)
        exporter.longest_seconds = max(exporter.longest_seconds, longest(records))

    def _rates(self, exporter: Exporter, domain: int, records: Records) -> Numbers:
        """In the record, by sampler id, the domain's default, the inventory, 1; 0 means 1."""
        fallback = exporter.samplers.get((domain, _DEFAULT_SAMPLER)) or exporter.habit.sampling or 1
        rates = np.full(records.count, fallback, np.uint64)
        for element in (f.SELECTOR_ID, f.SAMPLER_ID):
            ids = records.numbers(element)
            if ids is not None:
                named = [exporter.samplers.get((domain, int(one)), fallback) or fallback for one in ids]
                rates = np.array(named, np.uint64)
        for element in (f.SAMPLER_RATE, f.SAMPLING):
            told = records.numbers(element)
            if told is not None:
                rates = np.where(told > 0, told, rates)
        return np.maximum(rates, np.uint64(1))

    def _options(self, exporter: Exporter, domain: int, template: Template, content: bytes) -> int:
        blocks = [fixed_records(template, content)] if template.fixed else list(variable_records(template, content))
        for records in blocks:
            rate = _option_rate(records)
            ids = next((n for e in (f.SELECTOR_ID, f.SAMPLER_ID) if (n := records.numbers(e)) is not None), None)
            if rate is None:
                continue
            for place in range(records.count):
                sampler = int(ids[place]) if ids is not None else _DEFAULT_SAMPLER
                if len(exporter.samplers) < MAX_SAMPLERS or (domain, sampler) in exporter.samplers:
                    exporter.samplers[domain, sampler] = max(1, int(rate[place]))
        return sum(records.count for records in blocks)

    def _hold(self, exporter: Exporter, key: Key, content: bytes) -> None:
        now = self.clock()
        old = [row for row in exporter.held if now - row[0] > HOLD_SECONDS]
        exporter.undecoded += len(old)
        exporter.held = [row for row in exporter.held if now - row[0] <= HOLD_SECONDS]
        if len(exporter.held) >= MAX_HELD:
            exporter.undecoded += 1
            return
        exporter.held.append((now, key, content))

    def _release(self, exporter: Exporter, key: Key) -> None:
        waiting = [row for row in exporter.held if row[1] == key]
        exporter.held = [row for row in exporter.held if row[1] != key]
        for _, _, content in waiting:
            stream = exporter.sequences.setdefault((key.version, key.domain), Sequence())
            released = self._data(exporter, key, content)
            if key.version == 10 and stream.expected is not None:
                stream.expected = (stream.expected + released) % (1 << 32)


def _option_rate(records: Records) -> Numbers | None:
    """The sampling rate an options record tells (34, 50), or IPFIX' (interval + space) / interval."""
    for element in (f.SAMPLER_RATE, f.SAMPLING):
        told = records.numbers(element)
        if told is not None:
            return told
    packets, space = records.numbers(f.SAMPLED_PACKETS), records.numbers(f.SPACE_INTERVAL)
    if packets is None or space is None:
        return None
    return (packets + space) // np.maximum(packets, np.uint64(1))
