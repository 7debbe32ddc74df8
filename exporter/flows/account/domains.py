"""An observation domain of an exporter: its templates, its sampling rates, its sequence. Plain data; bounded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from exporter.flows.account.loss import SequenceTracker
from exporter.flows.account.sampling import DEFAULT_SAMPLER, MAX_SAMPLERS, V5_HEADER, SamplingRate
from exporter.flows.decode.templates import FieldSpec, FlowTemplate, TemplateKey, make_template
from exporter.flows.decode.wire import FIRST_DATA_SET

# Exporters send templates again every few minutes over UDP (RFC 7011 8.4 leaves the interval to them; the longest
# default met is Cisco's 1,800 s). Three of those may be lost before a template is taken for dead.
TEMPLATE_SECONDS = 5400.0


@dataclass(eq=False)
class ObservationDomain:
    """One observation domain in one version: templates and sampling rates are never shared beyond it.

    ``samplers``: the rate of each sampler and, under names below 0, of each interface and of all that name none. The
    mapping is replaced, never changed, so that a block keeps the rates of its moment by holding it. ``rateless``: the
    samplers whose rate nobody sends; ``template_times``: when each template came last.
    """

    version: int
    number: int
    sequence: SequenceTracker = field(default_factory=SequenceTracker)
    templates: dict[int, FlowTemplate] = field(default_factory=dict)
    samplers: Mapping[int, SamplingRate] = field(default_factory=dict)
    rateless: frozenset[int] = frozenset()
    template_times: dict[int, float] = field(default_factory=dict)

    def built_in(self, source: str, number: int, fields: tuple[FieldSpec, ...]) -> FlowTemplate:
        """The template of a format that sends none (NetFlow v5, sFlow)."""
        template = self.templates.get(number)
        if template is None:
            key = TemplateKey(source, self.version, self.number, number)
            template = self.templates[number] = make_template(key, fields)
        return template

    @property
    def v5_sampling(self) -> int:
        """The rate of the last v5 header; 0: none."""
        rate = self.samplers.get(V5_HEADER)
        return rate.packets if rate else 0

    def set_v5_sampling(self, sampling: int) -> None:
        """The rate of a v5 header; 0: none."""
        others = {sampler: rate for sampler, rate in self.samplers.items() if sampler != V5_HEADER}
        self.samplers = {**others, V5_HEADER: SamplingRate(sampling)} if sampling else others

    def add_rates(self, rates: Mapping[int, SamplingRate]) -> None:
        """Rates that are new or have changed."""
        self.samplers = {**self.samplers, **rates}

    def has_rates(self, samplers: frozenset[int]) -> bool:
        """True where a rate came for each of these (and there are any), or for all."""
        return bool(samplers) and (DEFAULT_SAMPLER in self.samplers or samplers <= self.samplers.keys() | self.rateless)

    def give_up(self, samplers: frozenset[int]) -> None:
        """Wait no longer for the rates of these."""
        # Bounded as the samplers are: hostile records may name any number.
        if len(self.rateless) < MAX_SAMPLERS:
            self.rateless |= samplers

    def withdraw(self, number: int, options: bool) -> None:
        """Forget a template or, where IPFIX names 2 or 3, all of a kind; v9 knows no withdrawal."""
        for identity, template in list(self.templates.items()) if self.version == 10 else ():
            if identity == number or (number < FIRST_DATA_SET and template.options == options):
                del self.templates[identity]
                self.template_times.pop(identity, None)

    def expire(self, now: float) -> None:
        """Forget templates that were not sent again for long: their number may mean something else by now."""
        for number in list(self.templates) if self.version in (9, 10) else ():
            if now - self.template_times.setdefault(number, now) > TEMPLATE_SECONDS:
                del self.templates[number], self.template_times[number]


class StreamPlace(NamedTuple):
    """A datagram's place in its stream. ``released``: records of earlier ones that waited; ``waits``: some wait now."""

    domain: ObservationDomain
    sequence: int
    units: int
    released: int = 0
    waits: bool = False

    def follow(self) -> None:
        """Let the stream take it."""
        stream = self.domain.sequence
        if self.released:
            stream.forward(self.released)
        stream.take(self.sequence, self.units)
        if self.waits:
            stream.unexplained = 0
