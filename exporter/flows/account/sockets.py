"""A datagram's head and UDP port in, its observation domain out: streams of one address told apart by their sockets.

Templates belong to an address, not to a port (rule 1): an exporter may send from several, and from another after NAT
forgot it. Only where two ports contradict each other (another layout by the same number, or numbers of datagrams that
do not go on with each other) are they two exporters behind one address, each with templates and rates of its own.
"""

from exporter.flows.account.beginnings import StreamHead, goes_on
from exporter.flows.account.domains import ObservationDomain
from exporter.flows.account.exporters import MAX_DOMAINS, FlowExporter, share_rates
from exporter.flows.account.sampling import SamplingRate
from exporter.flows.decode.wire import Packet

# Bounds against hostile datagrams: ports of one domain. A chassis has a port for each of its line cards.
_MAX_PORTS = 64

Rates = dict[int, SamplingRate]


def domain_of(exporter: FlowExporter, packet: Packet, port: int) -> ObservationDomain:
    """The domain of a datagram; a new one where its socket belongs to none. Raises WireError where it is one too many.

    ``port`` 0 is one that is not known.
    """
    # v5 and sFlow have neither templates nor, in their headers, what tells two streams apart.
    if packet.version not in (9, 10):
        return exporter.domain(packet.version, packet.domain)
    shared = exporter.domain(packet.version, packet.domain, port)
    if not port or port in shared.ports:
        return shared
    own = exporter.sockets.get((packet.version, packet.domain, port))
    if own is not None:
        return own
    if len(shared.ports) >= _MAX_PORTS or len(exporter.sockets) >= MAX_DOMAINS:
        return shared
    head = StreamHead(packet.stamp, packet.sequence)
    if not shared.ports or shared.head is None or goes_on(packet.version, shared.head, head):
        shared.ports.add(port)
        return shared
    others = (d for d in exporter.sockets.values() if (d.version, d.number) == (packet.version, packet.domain))
    for domain in others:
        if domain.head is not None and goes_on(packet.version, domain.head, head):
            domain.ports.add(port)
            exporter.sockets[packet.version, packet.domain, port] = domain
            return domain
    return _beside(exporter, shared, port)


def contradicts(domain: ObservationDomain, number: int, port: int) -> bool:
    """True where a template that differs from the one there is comes from another port than that one."""
    teller = domain.template_ports.get(number, 0)
    return bool(port and teller) and port != teller and not domain.own_port


def leave(exporter: FlowExporter, shared: ObservationDomain, port: int) -> ObservationDomain:
    """Two ports contradict each other: this one has a domain of its own from now on, with what it told itself."""
    domain = _beside(exporter, shared, port)
    domain.former.clear()
    disown(exporter, domain)
    for number in [n for n, teller in shared.template_ports.items() if teller == port]:
        if number in shared.templates:
            domain.templates[number] = shared.templates.pop(number)
        domain.template_times[number] = shared.template_times.pop(number, 0.0)
        domain.template_ports[number] = shared.template_ports.pop(number)
    shared.ports.discard(port)
    domain.add_rates(shared.port_rates.pop(port, {}))
    rates_of_ports = {name: rate for rates in shared.port_rates.values() for name, rate in rates.items()}
    # What nobody is known to have told (it comes from the disk) stays.
    shared.own = rates_of_ports or shared.own
    shared.add_rates({})
    return domain


def disown(exporter: FlowExporter, domain: ObservationDomain) -> None:
    """The rates of the address are not those of this socket's exporter, as it turned out."""
    domain.heard, domain.inherits = {}, False
    domain.add_rates({})
    for other in exporter.domains.values():
        share_rates(other, domain, other.shared)


def note_rates(domain: ObservationDomain, port: int, rates: Rates) -> None:
    """Keep which port told which rates, for the case that two contradict each other later."""
    if port and (port in domain.port_rates or len(domain.port_rates) < _MAX_PORTS):
        domain.port_rates[port] = {**domain.port_rates.get(port, {}), **rates}


def _beside(exporter: FlowExporter, shared: ObservationDomain, port: int) -> ObservationDomain:
    """A domain for a socket whose templates are to come: until then those of its address are former ones."""
    domain = ObservationDomain(shared.version, shared.number, own_port=port, ports={port}, inherits=True)
    domain.former = {**shared.former, **shared.templates}
    domain.hear(shared.samplers)
    exporter.domains[shared.version, shared.number, port] = domain
    exporter.sockets[shared.version, shared.number, port] = domain
    return domain
