"""What one device tells about itself: the JSON of ``lebarpita-exporter walk`` in, unchanging values out. Pure."""

from pydantic import BaseModel, ConfigDict, Field

from inventory.model import Address, AddressField
from inventory.proposal import Row, slug


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Interface(_Answer):
    """A row of ifTable/ifXTable with its addresses (``10.1.0.1/24``).

    ``octets`` is what it carried both ways since its counters began; None where the device does not say.
    """

    index: int
    name: str
    alias: str = ""
    type: int = 6
    speed_bps: int = 0
    admin: str = "up"
    oper: str = "up"
    octets: int | None = None
    addresses: tuple[str, ...] = ()


class Neighbour(_Answer):
    """Who stands at the far end of an interface, as LLDP, CDP or MNDP say."""

    protocol: str
    interface: str
    name: str = ""
    address: AddressField | None = None
    mac: str = ""
    remote_interface: str = ""

    @property
    def called(self) -> str:
        """What a person can find it by: its name, else its address, else its MAC address."""
        return self.name or str(self.address or self.mac or "without a name")


class Arp(_Answer):
    """A host seen on an interface."""

    interface: str
    address: AddressField
    mac: str = ""


class SimpleQueue(_Answer):
    """A RouterOS simple queue, its targets and the interface it is bound to, if any."""

    name: str
    targets: tuple[str, ...] = ()
    interface: str = ""


class Walk(_Answer):
    """Everything one device told, as ``lebarpita-exporter walk ADDRESS --json`` prints it."""

    address: AddressField
    port: int = 161
    name: str
    description: str = ""
    interfaces: tuple[Interface, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    arp: tuple[Arp, ...] = ()
    queues: tuple[SimpleQueue, ...] = ()
    credential: Row = Field(default_factory=dict)

    @property
    def addresses(self) -> frozenset[str]:
        """Every address it answers at, without lengths."""
        own = (text.partition("/")[0] for interface in self.interfaces for text in interface.addresses)
        return frozenset((str(self.address), *own))

    def port_named(self, name: str) -> Interface | None:
        """Its interface of that ifName, else of that ifAlias or ifIndex where one alone has it."""
        for key in ("name", "alias", "index"):
            same = [interface for interface in self.interfaces if name and str(getattr(interface, key)) == name]
            if len(same) == 1 or (same and key == "name"):
                return same[0]
        return None

    def is_device_of(self, other: "Walk") -> bool:
        """Whether both are one device, which answers at each of its addresses and says one name at all of them.

        The name alone is not enough: what nobody has named says its maker's word ("MikroTik").
        """
        if slug(self.name) != slug(other.name):
            return False
        listed = all(any(interface.addresses for interface in walk.interfaces) for walk in (self, other))
        return not listed or str(self.address) in other.addresses or str(other.address) in self.addresses

    def behind(self, interface: str) -> tuple[Address, ...]:
        """The hosts seen on an interface."""
        return tuple(arp.address for arp in self.arp if arp.interface == interface)
