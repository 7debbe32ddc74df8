"""An observation domain of an exporter: its templates, its sampling rates, its sequence. Plain data; bounded."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from exporter.flows.account.beginnings import StreamHead, begins_anew
from exporter.flows.account.loss import SequenceTracker
from exporter.flows.account.sampling import (
    DEFAULT_SAMPLER,
    INTERVAL,
    MAX_SAMPLERS,
    V5_HEADER,
    SamplingRate,
    reduced,
)
from exporter.flows.decode.templates import FieldSpec, FlowTemplate, TemplateKey, make_template
from exporter.flows.decode.wire import FIRST_DATA_SET

# Exporters send templates again every few minutes over UDP (RFC 7011 8.4 leaves the interval to them; the longest
# default met is Cisco's 1,800 s). Three of those may be lost before a template is taken for dead.
TEMPLATE_SECONDS = 5400.0

# Seconds: no exporter is started twice within so many. What seems so numbers its datagrams in a way of its own (line
# cards that each count for themselves), and is looked at no more.
_STEADY_SECONDS = 10.0

# A rate is a fraction of numbers of 64 bits.
_LARGEST = (1 << 64) - 1

# A bound against hostile exporters, as of templates (``exporters.MAX_TEMPLATES``).
_MAX_FORMER = 1024

Rates = Mapping[int, SamplingRate]


@dataclass(eq=False)
class ObservationDomain:
    """One observation domain in one version: templates are never shared beyond it, rates only where told for others.

    ``samplers``: the rate of each sampler and, under names below 0, of each interface and of all that name none. The
    mapping is replaced, never changed, so that a block keeps the rates of its moment by holding it. It is what was told
    in this domain (``own``) and, where that says nothing, in others (``heard``); ``doubtful`` are rates of others that
    hold only when waiting for one of its own was in vain. ``shared``: what it told for all. ``first``: the first rate
    that each ever had. ``aliases``: the numbers of samplers by their names; ``chains``: the selectors of sequences,
    whose rates are multiplied. ``rateless``: the samplers whose rate nobody sends; ``template_times``: when each
    template came last.

    ``head``: where its last datagram stood. ``former``: templates of before the exporter was started again, or of
    another socket of its address; they hold only where waiting for those of now was in vain. ``ports``: the UDP ports
    its datagrams come from; ``own_port``: that of a domain beside the address's own one (0: it is that one), which
    ``inherits`` the address's rates until its templates contradict. ``began``: when the exporter was started again,
    ``repeated``: once only a second number of 0 told so.
    ``first_templates``: what a file tells first by each number, which holds from its beginning.
    ``template_ports`` and ``port_rates``: which port told each template, and the rates that each told.
    """

    version: int
    number: int
    sequence: SequenceTracker = field(default_factory=SequenceTracker)
    templates: dict[int, FlowTemplate] = field(default_factory=dict)
    samplers: Mapping[int, SamplingRate] = field(default_factory=dict)
    own: dict[int, SamplingRate] = field(default_factory=dict)
    heard: dict[int, SamplingRate] = field(default_factory=dict)
    doubtful: dict[int, SamplingRate] = field(default_factory=dict)
    shared: dict[int, SamplingRate] = field(default_factory=dict)
    first: dict[int, SamplingRate] = field(default_factory=dict)
    aliases: dict[int, frozenset[int]] = field(default_factory=dict)
    chains: dict[int, tuple[int, ...]] = field(default_factory=dict)
    rateless: frozenset[int] = frozenset()
    template_times: dict[int, float] = field(default_factory=dict)
    head: StreamHead | None = None
    former: dict[int, FlowTemplate] = field(default_factory=dict)
    ports: set[int] = field(default_factory=set)
    own_port: int = 0
    inherits: bool = False
    template_ports: dict[int, int] = field(default_factory=dict)
    port_rates: dict[int, dict[int, SamplingRate]] = field(default_factory=dict)
    began: float = -math.inf
    steady: bool = True
    repeated: bool = False
    first_templates: dict[int, FlowTemplate] = field(default_factory=dict)

    def begin_anew(self, head: StreamHead) -> bool:
        """Note where a datagram stands; True where the exporter was started again: its templates are former ones."""
        before, self.head = self.head, head
        if not self.steady or before is None or not begins_anew(self.version, before, head):
            return False
        # Only templates came so far, which count no records; or the number of all its datagrams is 0.
        again = head.sequence == before.sequence
        if again and (self.sequence.expected == head.sequence or self.repeated):
            return False
        if abs(head.when - self.began) < _STEADY_SECONDS:
            self.steady = False
            return False
        self.repeated |= again
        self.began = head.when
        self.former = dict([*self.former.items(), *self.templates.items()][-_MAX_FORMER:])
        self.templates, self.template_times = {}, {}
        return True

    def note_first(self, number: int) -> None:
        """Keep the first template of a number, unless the exporter was started again before it."""
        if self.began == -math.inf and len(self.first_templates) < _MAX_FORMER:
            self.first_templates.setdefault(number, self.templates[number])

    def trust_former(self, number: int) -> None:
        """Waiting for a template was in vain: that of before holds."""
        template = self.former.pop(number, None)
        if template is not None:
            self.templates.setdefault(number, template)

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
        self.own.pop(V5_HEADER, None)
        self.add_rates({V5_HEADER: SamplingRate(sampling)} if sampling else {})

    def add_rates(self, rates: Rates) -> None:
        """Rates that are new or have changed, told in this domain."""
        self.own |= rates
        self._join()

    def hear(self, rates: Rates) -> None:
        """Rates that another domain told for all: they hold where this one tells none."""
        self.heard |= rates
        self._join()

    def hear_news(self, rates: Rates) -> bool:
        """``hear`` what is new of it, at most MAX_SAMPLERS in all; True where there is any."""
        room = MAX_SAMPLERS - len(self.heard)
        unknown = [name for name in rates if name not in self.heard]
        left_out = set(unknown[room:])
        news = {name: rate for name, rate in rates.items() if self.heard.get(name) != rate and name not in left_out}
        if news:
            self.hear(news)
        return bool(news)

    def doubt(self, rates: Rates) -> None:
        """Rates of samplers that another domain than 0 told: its samplers may be others of the same number."""
        self.doubtful |= rates if len(self.doubtful) < MAX_SAMPLERS else {}
        self._adopt(self.rateless)

    def alias_rates(self, aliases: Mapping[int, frozenset[int]], rates: Rates) -> dict[int, SamplingRate]:
        """Rates of numbers whose sampler is told by its name; ``aliases``: more of those names."""
        for name, numbers in aliases.items():
            if name in self.aliases or len(self.aliases) < MAX_SAMPLERS:
                self.aliases[name] = numbers
        rates_of_all = {**self.own, **rates}
        return {
            number: rates_of_all[name]
            for name, numbers in self.aliases.items()
            if name in rates_of_all
            for number in numbers
            if number not in rates
        }

    def _adopt(self, samplers: frozenset[int]) -> None:
        """Take doubtful rates for what nobody else tells."""
        rates = {sampler: self.doubtful[sampler] for sampler in samplers & self.doubtful.keys()}
        if any(self.samplers.get(sampler) != rate for sampler, rate in rates.items()):
            self.hear(rates)

    def _join(self) -> None:
        # A default or an interval of its own leaves no room for those of others, of which the one would go before it.
        usual = {DEFAULT_SAMPLER, INTERVAL} if self.own.keys() & {DEFAULT_SAMPLER, INTERVAL} else set()
        heard = [row for row in self.heard.items() if row[0] not in self.own and row[0] not in usual]
        rates = {**dict(heard[: max(0, MAX_SAMPLERS - len(self.own))]), **self.own}
        self.samplers = {**rates, **self._chain_rates(rates), **self.own}
        if len(self.first) < MAX_SAMPLERS:
            self.first = {**self.samplers, **self.first}

    def learn_chains(self, chains: Mapping[int, tuple[int, ...]]) -> bool:
        """Learn of which selectors sequences are made, at most MAX_SAMPLERS in all; True where there is news."""
        news = {name: row for name, row in chains.items() if self.chains.get(name) != row}
        for name, row in news.items():
            if name in self.chains or len(self.chains) < MAX_SAMPLERS:
                self.chains[name] = row
        if news:
            self._join()
        return bool(news)

    def _chain_rates(self, rates: Rates) -> dict[int, SamplingRate]:
        """The rates of sequences all of whose selectors have one: of what one passes on, the next takes its part."""
        joint: dict[int, SamplingRate] = {}
        for name, selectors in self.chains.items():
            parts = [rates[selector] for selector in selectors if selector in rates]
            if parts and len(parts) == len(selectors) and len(rates) + len(joint) < MAX_SAMPLERS:
                packets, sampled = (math.prod(column) for column in zip(*parts, strict=True))
                # What does not fit into 64 bits is a rate that nobody set: as large it is absurd too.
                joint[name] = reduced(min(packets, _LARGEST), min(sampled, _LARGEST))
        return joint

    def has_rates(self, samplers: frozenset[int]) -> bool:
        """True where a rate came for each of these (and there are any), or for all."""
        return bool(samplers) and (DEFAULT_SAMPLER in self.samplers or samplers <= self.samplers.keys() | self.rateless)

    def give_up(self, samplers: frozenset[int]) -> None:
        """Wait no longer for the rates of these."""
        # Bounded as the samplers are: hostile records may name any number.
        if len(self.rateless) < MAX_SAMPLERS:
            self.rateless |= samplers
        self._adopt(samplers)

    def withdraw(self, number: int, options: bool) -> None:
        """Forget a template or, where IPFIX names 2 or 3, all of a kind; v9 knows no withdrawal."""
        self.former.pop(number, None)
        for identity, template in list(self.templates.items()) if self.version == 10 else ():
            if identity == number or (number < FIRST_DATA_SET and template.options == options):
                del self.templates[identity]
                self.template_times.pop(identity, None)

    def expire(self, now: float) -> bool:
        """Forget templates that were not sent again for long: their number may mean something else by now.

        True where there was one.
        """
        if self.version not in (9, 10):
            return False
        old = [n for n in self.templates if now - self.template_times.setdefault(n, now) > TEMPLATE_SECONDS]
        for number in old:
            del self.templates[number], self.template_times[number]
        return bool(old)


class StreamPlace(NamedTuple):
    """A datagram's place in its stream. ``released``: records of earlier ones that waited; ``waits``: some wait now.

    ``anew``: the stream begins with it.
    """

    domain: ObservationDomain
    sequence: int
    units: int
    released: int = 0
    waits: bool = False
    anew: bool = False

    def follow(self) -> None:
        """Let the stream take it."""
        stream = self.domain.sequence
        if self.released:
            stream.forward(self.released)
        if self.anew:
            stream.restart(self.sequence, self.units)
        else:
            stream.take(self.sequence, self.units)
        if self.waits:
            stream.unexplained = 0
