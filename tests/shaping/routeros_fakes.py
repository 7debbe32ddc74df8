"""The fake RouterOS that ships with the driver, served on loopback for a test, with a certificate made here."""

import datetime
import ipaddress
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from ledgers import CITY

from inventory.model import City
from shaping.drivers.base import RouterAccess, Site
from shaping.drivers.routeros.fake.router import FakeRouter
from shaping.drivers.routeros.fake.server import FakeServer, serving
from shaping.drivers.routeros.fake.tables import Make
from shaping.drivers.routeros.machine import RouterOsDriver
from shaping.plan import Plan
from shaping.queues import Queue

# The three generations that differ: no safe mode and old kinds, no !empty, everything.
VERSIONS = ("6.49.19 (long-term)", "7.17.1 (stable)", "7.23.7 (long-term)")


@dataclass
class Clock:
    """A clock that a test moves."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


def certificate(place: Path, name: str = "router", days: int = 30) -> Path:
    """Certificate and key in one PEM; ``days`` below zero: expired for so long."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(until - datetime.timedelta(days=400))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    place.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return place


def tls_of(pem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


@dataclass
class Scene:
    """A fake that answers, its clock, and the rows of its queues without what the router adds."""

    server: FakeServer
    clock: Clock = field(default_factory=Clock)

    @property
    def router(self) -> FakeRouter:
        return self.server.router

    def queues(self) -> list[dict[str, str]]:
        rows = self.router.menus["/queue/simple"].rows
        return [{key: value for key, value in row.items() if key != ".id"} for row in rows]


@contextmanager
def fake(make: Make | None = None, pem: Path | None = None) -> Iterator[Scene]:
    clock = Clock()
    router = FakeRouter(make or Make(), clock=clock)
    with serving(FakeServer(router, ("127.0.0.1", 0), tls_of(pem) if pem else None)) as server:
        yield Scene(server, clock)


@contextmanager
def routed(
    state: Path, make: Make | None = None, city: City = CITY, **changes: Any
) -> Iterator[tuple[RouterOsDriver, Scene]]:
    """The driver of a fake, over TLS, with its certificate pinned."""
    state.mkdir(parents=True, exist_ok=True)
    pem, password = certificate(state / "router.pem"), state / "password"
    password.write_text("fake")
    password.chmod(0o600)
    with fake(make, pem) as scene:
        access = RouterAccess("lebarpita", f"file:{password}", pem, "127.0.0.1", scene.server.port)
        driver = RouterOsDriver(Site(city, changes.pop("uplink", "isp-utama"), state, router=access, **changes))
        try:
            yield driver, scene
        finally:
            driver.close()


def converge(driver: RouterOsDriver, wanted: Sequence[Queue]) -> Plan:
    """Plan, apply, confirm; the plan."""
    plan = driver.plan(wanted)
    driver.apply(plan)
    driver.confirm(plan, "a test", 0.0)
    return plan
