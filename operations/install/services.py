"""The services of one machine as data: what each runs, which rights and secrets it has, and where it listens.

Every service has its own user and its own state folder: three parts that shared one could each read and break the
others' files, and a folder that root had made first could be written by none of them.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath

ETC = PurePosixPath("/etc/lebarpita")
SECRETS = ETC / "secrets"
# The group that may read the settings and the city; the secrets are root's alone and handed out by systemd.
GROUP = "lebarpita"
SNMP_SECRETS = SECRETS / "snmp.env"


@dataclass(frozen=True)
class InstalledPart:
    """One long-running unit. ``secrets`` are handed over by ``LoadCredential=``; ``needs_snmp``: communities too.

    ``rights`` are capabilities(7); ``families`` are address families beside IP and Unix sockets.
    """

    name: str
    title: str
    command: str
    settings: str
    rights: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    needs_snmp: bool = False
    extra: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """The unit's and the user's name."""
        return f"lebarpita-{self.name}"

    @property
    def state(self) -> PurePosixPath:
        """What outlives a restart."""
        return PurePosixPath("/var/lib") / self.unit

    def secret(self, name: str) -> str:
        """How the service's own settings name a secret that systemd hands to it and to nobody else."""
        return f"file:/run/credentials/{self.unit}.service/{name}"


SNMP = InstalledPart("snmp", "SNMP poller", "lebarpita-exporter serve snmp", "snmp.yaml", needs_snmp=True)
WATCH = InstalledPart(
    "watch",
    "watch over every line",
    "lebarpita-exporter serve watch",
    "watch.yaml",
    # Raw ICMP, and port 162, to which every router sends its traps.
    rights=("CAP_NET_RAW", "CAP_NET_BIND_SERVICE"),
    needs_snmp=True,
)
FLOWS = InstalledPart(
    "flows",
    "flow collector",
    "lebarpita-exporter serve flows",
    "flows.yaml",
    secrets=("top-token",),
    extra=("Requires=lebarpita-flows.socket", "After=lebarpita-flows.socket"),
)
TRACKER = InstalledPart(
    "tracker",
    "tracker: pages, outages, messages",
    "lebarpita-tracker serve",
    "tracker.yaml",
    secrets=("webhook", "secret-key", "top-token"),
    extra=("Wants=lebarpita-init.service", "After=lebarpita-init.service"),
)
SHAPING = InstalledPart(
    "shaping",
    "shaping agent",
    "lebarpita-shaping agent",
    "shaping.yaml",
    rights=("CAP_NET_ADMIN",),
    secrets=("shaping-token",),
    families=("AF_NETLINK",),
)
SERVICES = (SNMP, WATCH, FLOWS, TRACKER, SHAPING)
BACKUPS = PurePosixPath("/var/lib/lebarpita-backup")


@dataclass(frozen=True)
class Installation:
    """What a person answers: the city file, the site's name, the uplink that is shaped here, the programs' folder."""

    host: str
    programs: PurePosixPath
    uplink: str | None = None

    @property
    def services(self) -> tuple[InstalledPart, ...]:
        """The services of this machine; the shaping agent only where an uplink is shaped."""
        return tuple(service for service in SERVICES if service is not SHAPING or self.uplink)


@dataclass(frozen=True)
class SystemFile:
    """A file to be laid down, by its place in the system. ``once``: the office's own from then on, never overwritten.

    A secret's content is made at its laying, so that no secret travels through this table.
    """

    place: PurePosixPath
    content: str
    mode: int = 0o644
    once: bool = False
