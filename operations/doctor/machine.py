"""Who looks: files, programs and pages of this machine in, facts for the checks out. Changes nothing."""

import ctypes
import pwd
import socket
import ssl
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from cryptography import x509
from prometheus_client.parser import text_string_to_metric_families

from operations.doctor.machine_checks import CertificateFact, FolderFact
from runtime.bounded_http import Answer, Bounds, ask

# A page of this very machine; Prometheus' list of targets of a large city is the longest of them.
_BOUNDS = Bounds(15.0, 30.0, 64 * 2**20)
_DAY_SECONDS = 86_400.0
# A whole ``struct timex`` on every machine of today (208 with eight-byte longs), with room.
_TIMEX_BYTES = 512
# adjtimex(2): the clock is not synchronized.
_TIME_ERROR = 5
# As for a page: a site in the same city answers at once or is down.
_TLS_SECONDS = 10.0


def answer(url: str, parameters: Mapping[str, str] | None = None) -> Answer | None:
    """What a page says; None where nobody answers."""
    try:
        return ask("GET", url, _BOUNDS, params=parameters)
    except requests.RequestException:
        return None


def data(url: str, parameters: Mapping[str, str] | None = None) -> Any:
    """The ``data`` of an API of Prometheus; None where it does not answer or answers anything else."""
    page = answer(url, parameters)
    with suppress(ValueError, AttributeError):
        return page.json().get("data") if page is not None and page.status == 200 else None
    return None


def samples(page: Answer | None, name: str) -> Iterator[tuple[Mapping[str, str], float]]:
    """Labels and value of each sample of that name on a page of metrics."""
    if page is None or page.status != 200:
        return
    with suppress(ValueError):
        for family in text_string_to_metric_families(page.body.decode("utf-8", "replace")):
            yield from ((sample.labels, sample.value) for sample in family.samples if sample.name == name)


def by_label(page: Answer | None, name: str, label: str) -> dict[str, float]:
    """Value by one label, summed."""
    sums: dict[str, float] = {}
    for labels, value in samples(page, name):
        sums[labels.get(label, "")] = sums.get(labels.get(label, ""), 0.0) + value
    return sums


def folder_fact(path: Path, owner: str, mode: int) -> FolderFact:
    """A folder as it is; of one that is not there the owner is nobody."""
    try:
        status = path.stat()
    except OSError:
        return FolderFact(str(path), "-", 0, owner, mode)
    with suppress(KeyError):
        return FolderFact(str(path), pwd.getpwuid(status.st_uid).pw_name, stat.S_IMODE(status.st_mode), owner, mode)
    return FolderFact(str(path), str(status.st_uid), stat.S_IMODE(status.st_mode), owner, mode)


def clock_synchronized() -> bool | None:
    """Whether the machine's clock is kept right: systemd's word, else the kernel's; None where neither says."""
    command = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
        if (said := {"yes": True, "no": False}.get(done.stdout.strip())) is not None:
            return said
    return _kernel_keeps_time()


def _kernel_keeps_time() -> bool | None:
    """adjtimex(2) with nothing to change, as in a container that has no systemd; None where it is forbidden."""
    # struct timex has 208 bytes where long has eight; the second long is behind ``modes``: room for both is made.
    room = ctypes.create_string_buffer(_TIMEX_BYTES)
    state = ctypes.CDLL(None, use_errno=True).adjtimex(room)
    return None if state < 0 else state != _TIME_ERROR


def resolves(host: str) -> bool:
    """Whether a name has an address here."""
    try:
        return bool(socket.getaddrinfo(host, None))
    except OSError:
        return False


def newest_hours(folder: Path) -> float | None:
    """The age of the newest backup in hours; None where there is none."""
    moments = [path.stat().st_mtime for path in folder.glob("lebarpita-*.zip")] if folder.is_dir() else []
    return (time.time() - max(moments)) / 3600 if moments else None


def certificate(path: Path) -> CertificateFact | None:
    """The site's certificate in a file; None where it cannot be read."""
    try:
        return _fact(path.read_bytes())
    except OSError:
        return None


def served_certificate(host: str, port: int) -> CertificateFact | None:
    """The certificate that browsers are shown there, whoever signed it; None where nobody shows one."""
    try:
        return _fact(ssl.get_server_certificate((host, port), timeout=_TLS_SECONDS).encode())
    except (OSError, ValueError):
        return None


def _fact(pem: bytes) -> CertificateFact | None:
    try:
        made = x509.load_pem_x509_certificate(pem)
        names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return None
    left = (made.not_valid_after_utc - datetime.now(UTC)).total_seconds() / _DAY_SECONDS
    hosts = tuple(names.get_values_for_type(x509.DNSName))
    return CertificateFact(left, made.issuer == made.subject, hosts)
