"""A city while it is being proposed: walks and the city so far in, which names, ports and networks are free out.

Nothing that a city file says already is proposed again: its devices keep their names, its ports and networks are taken.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_interface, ip_network

from inventory.answers import Interface, Neighbour, Walk
from inventory.model import City, Network
from inventory.proposal import Proposal, Row, slug
from inventory.rates import HIGHEST_BYTES_PER_SECOND, exact_rate

# A name has 63 letters at most (``model.Name``); a number after a hyphen must still fit.
_NAME_LETTERS = 58
# Below it a port's speed is no speed of a network (a modem's, a tunnel's claim); as ``checks`` has it for links.
_LEAST_SPEED_BITS = 256_000


@dataclass(frozen=True, kw_only=True)
class CityDraft:
    """``names`` are the device names of ``walks``; ``ends``, ``prefixes`` and ``addresses`` say whose each is.

    ``hung`` are the devices that have their link, or need none.
    """

    proposal: Proposal
    walks: tuple[Walk, ...]
    names: tuple[str, ...]
    within: tuple[Network, ...]
    devices: set[str]
    hung: set[str]
    lines: set[str]
    codes: set[str]
    ends: dict[tuple[str, str], str]
    prefixes: list[tuple[Network, str]]
    addresses: dict[str, str]
    queues: set[tuple[str, str]]

    def line_name(self, wanted: str) -> str:
        """A free name of a link or an uplink, taken at once."""
        return _take(wanted, self.lines)

    def device_name(self, wanted: str) -> str:
        """A free name of a device, taken at once."""
        return _take(wanted, self.devices)

    def code(self, wanted: str) -> str:
        """A free code of an OPD, taken at once."""
        return _take(wanted, self.codes)

    def walk_of(self, neighbour: Neighbour) -> int | None:
        """Which of the walks this neighbour is: by an address that one alone has, else by a name that one alone has."""
        if neighbour.address is not None:
            at = [n for n, walk in enumerate(self.walks) if walk.address == neighbour.address]
            at = at or [n for n, walk in enumerate(self.walks) if str(neighbour.address) in walk.addresses]
            if len(at) == 1:
                return at[0]
        for shorten in (slug, _first_label):
            wanted = shorten(neighbour.name)
            called = [n for n, walk in enumerate(self.walks) if wanted and shorten(walk.name) == wanted]
            if len(called) == 1:
                return called[0]
        return None

    def port_for(self, device: str, port: str, line: str, whose: str) -> str:
        """The port if no other line ends there, else a name to be mended, with a doubt; taken either way."""
        if port and (device, port) not in self.ends:
            self.ends[device, port] = whose
            return port
        why = f"{port} is that of {self.ends[device, port]} too" if port else "it was not told"
        self.proposal.doubts.append(f"{whose}: its port at {device} is unknown ({why}); {line!r} was put")
        self.ends[device, line] = whose
        return line

    def free_networks(self, texts: Iterable[str], whose: str) -> list[str]:
        """The networks inside ``within`` that are nobody's yet, taken at once; a doubt for each that is somebody's."""
        free = []
        for network in _networks(texts, self.within):
            owner = next((who for other, who in self.prefixes if _overlap(network, other)), None)
            if owner is None:
                self.prefixes.append((network, whose))
                free.append(str(network))
            elif owner != whose:
                self.proposal.doubts.append(f"{whose}: {network} overlaps a network of {owner}, it was left out")
        return free


def begin(walks: Sequence[Walk], within: Sequence[Network], base: City | None = None) -> CityDraft:
    """An empty proposal beside what ``base`` says already; the first walk is the root where there is no base."""
    names_in_use = {device.name for device in base.devices} if base else set[str]()
    names = _names(walks, base, names_in_use)
    root = base.city.watch_from if base else names[0]
    proposal = Proposal(name=base.city.name if base else "Kota", watch_from=root)
    links, uplinks, opds = (base.links, base.uplinks, base.opds) if base else ((), (), ())
    ends = {(link.upstream.device, link.upstream.interface): f"link {link.name}" for link in links}
    ends |= {(link.device, link.interface): f"link {link.name}" for link in links if link.device and link.interface}
    ends |= {(uplink.device, uplink.interface): f"uplink {uplink.name}" for uplink in uplinks}
    owned: list[tuple[Network, str]] = [(prefix, f"opd {opd.code}") for opd in opds for prefix in opd.prefixes]
    owned += [(prefix, "management") for prefix in (base.city.management if base else ())]
    addresses = {str(device.address): f"device {device.name}" for device in (base.devices if base else ())}
    addresses |= {str(opd.address): f"opd {opd.code}" for opd in opds if opd.address}
    addresses |= {
        address: f"device {name}" for walk, name in zip(walks, names, strict=True) for address in walk.addresses
    }
    return CityDraft(
        proposal=proposal,
        walks=tuple(walks),
        names=names,
        within=tuple(within),
        devices=names_in_use,
        hung={root, *(link.device for link in links if link.device)},
        lines={link.name for link in links} | {uplink.name for uplink in uplinks},
        codes={opd.code for opd in opds},
        ends=ends,
        prefixes=owned,
        addresses=addresses,
        queues={(opd.queue_device or "", opd.queue or "") for opd in opds if opd.queue},
    )


def _names(walks: Sequence[Walk], base: City | None, names_in_use: set[str]) -> tuple[str, ...]:
    """The name of each walked device: the one that the city file has for its address or name, else a new one."""
    at = {str(device.address): device.name for device in base.devices} if base else dict[str, str]()
    written = frozenset(at.values())
    times = Counter(slug(walk.name) for walk in walks)
    names = []
    for walk in walks:
        word = slug(walk.name)
        name = at.get(str(walk.address)) or next((at[text] for text in sorted(walk.addresses) if text in at), None)
        if name is None and word in written and times[word] == 1:
            name = word
        if name is None:
            wanted = word or f"device-{slug(str(walk.address))}"
            name = _take(wanted if wanted not in names_in_use else f"{wanted}-{slug(str(walk.address))}", names_in_use)
        names.append(name)
    return tuple(names)


def speed_text(*interfaces: Interface | None) -> str:
    """The speed of the first port that says one, as people write it; '' where none does."""
    rates = (interface.speed_bps // 8 for interface in interfaces if interface)
    usable = (rate for rate in rates if _LEAST_SPEED_BITS // 8 <= rate <= HIGHEST_BYTES_PER_SECOND)
    return next((exact_rate(rate) for rate in usable), "")


def speed_or(draft: CityDraft, line: Row, put: str, *interfaces: Interface | None) -> Row:
    """The line with its speed; ``put``, with a doubt, where no port says one."""
    speed = speed_text(*interfaces)
    if not speed:
        draft.proposal.doubts.append(f"link {line['name']}: its speed is unknown, {put} was put")
    return {**line, "speed": speed or put}


def _first_label(name: str) -> str:
    return slug(name.partition(".")[0])


def _take(wanted: str, names_in_use: set[str]) -> str:
    base = wanted[:_NAME_LETTERS].strip("-")
    numbered = (f"{base}-{number}" for number in range(2, len(names_in_use) + 3))
    name = next(name for name in (base, *numbered) if name not in names_in_use)
    names_in_use.add(name)
    return name


def _networks(texts: Iterable[str], within: Sequence[Network]) -> Iterable[Network]:
    for text in texts:
        try:
            network = ip_interface(text).network if "/" in text else ip_network(text)
        except ValueError:
            continue
        if any(network.version == w.version and network.subnet_of(w) for w in within):  # type: ignore[arg-type]  # same version
            yield network


def _overlap(network: Network, other: Network) -> bool:
    return network.version == other.version and network.overlaps(other)
