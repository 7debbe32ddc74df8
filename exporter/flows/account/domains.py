"""An observation domain of an exporter: its templates, its sampling rates, its sequence. Plain data; bounded."""

from dataclasses import dataclass, field
from typing import NamedTuple

from exporter.flows.account.loss import Sequence
from exporter.flows.account.sampling import DEFAULT_SAMPLER, MAX_SAMPLERS, V5_HEADER, Rate
from exporter.flows.decode.templates import FieldSpec, Key, Template, make_template

TEMPLATE_SECONDS = 5400.0
_FIRST_TEMPLATE = 256


@dataclass(eq=False)
class Domain:
    """One observation domain in one version: templates and sampling rates are never shared beyond it.

    ``blocks`` holds, by template, the contents of data sets that are about to be counted; ``samplers`` the rate of
    each sampler and, under names below 0, of each interface and of all that name none; ``untold`` the samplers nobody
    tells the rate of; ``seen`` when each template came last.
    """

    version: int
    number: int
    sequence: Sequence = field(default_factory=Sequence)
    templates: dict[int, Template] = field(default_factory=dict)
    samplers: dict[int, Rate] = field(default_factory=dict)
    untold: frozenset[int] = frozenset()
    seen: dict[int, float] = field(default_factory=dict)
    blocks: dict[int, list[memoryview]] = field(default_factory=dict)

    def built_in(self, source: str, number: int, fields: tuple[FieldSpec, ...]) -> Template:
        """The template of a format that sends none (NetFlow v5, sFlow)."""
        known = self.templates.get(number)
        if known is None:
            known = self.templates[number] = make_template(Key(source, self.version, self.number, number), fields)
        return known

    @property
    def v5_sampling(self) -> int:
        """What the last v5 header told; 0: nothing."""
        told = self.samplers.get(V5_HEADER)
        return told.of if told else 0

    def tell_v5(self, sampling: int) -> None:
        """What a v5 header tells; 0: nothing."""
        self.samplers.pop(V5_HEADER, None)
        if sampling:
            self.samplers[V5_HEADER] = Rate(sampling)

    def knows(self, samplers: frozenset[int]) -> bool:
        """True where a rate is told for each of these (and there are any), or for all."""
        return bool(samplers) and (DEFAULT_SAMPLER in self.samplers or samplers <= self.samplers.keys() | self.untold)

    def give_up(self, samplers: frozenset[int]) -> None:
        """Wait no longer for the rates of these."""
        if len(self.untold) < MAX_SAMPLERS:
            self.untold |= samplers

    def withdraw(self, number: int, options: bool) -> None:
        """Forget a template or, where IPFIX names 2 or 3, all of a kind; v9 knows no withdrawal."""
        for identity, template in list(self.templates.items()) if self.version == 10 else ():
            if identity == number or (number < _FIRST_TEMPLATE and template.options == options):
                del self.templates[identity]
                self.seen.pop(identity, None)

    def forget(self, now: float) -> None:
        """Forget templates that were not sent again for long: their number may mean something else by now."""
        for number in list(self.templates) if self.version in (9, 10) else ():
            if now - self.seen.setdefault(number, now) > TEMPLATE_SECONDS:
                del self.templates[number], self.seen[number]


class Taken(NamedTuple):
    """A datagram's place in its stream. ``released``: records of earlier ones that waited; ``held``: some wait now."""

    domain: Domain
    sequence: int
    units: int
    released: int = 0
    held: bool = False

    def follow(self) -> None:
        """Let the stream take it."""
        stream = self.domain.sequence
        if self.released:
            stream.forward(self.released)
        stream.take(self.sequence, self.units)
        if self.held:
            stream.unexplained = 0
