"""Checks of the machine itself: facts in, a fault or None out. Pure; who looks is ``machine``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from operations.doctor.fault import Assurance, Fault, Finding

# Debian's Prometheus alone takes so much for its log when it starts anew; below it every part is about to stop.
LEAST_FREE_BYTES = 2**30
# Backups are of each night: two missed ones are no machine that was off over night.
BACKUP_HOURS = 50.0
# As LebarpitaDiskFullSoon: a disk is bought, approved and built in within a month.
FULL_DAYS = 30.0
# As long as an office needs to have a certificate made.
CERTIFICATE_DAYS = 21.0


@dataclass(frozen=True)
class FolderFact:
    """A folder as it is and as it must be: owner by name, rights as a number."""

    path: str
    owner: str
    mode: int
    wanted_owner: str
    wanted_mode: int


@dataclass(frozen=True)
class CertificateFact:
    """The site's certificate: days until it ends, whether it is signed by itself, the hosts that it names."""

    days: float
    self_signed: bool
    hosts: tuple[str, ...]


def settings_fault(problems: Iterable[str]) -> Fault | None:
    """Settings or a city that a part does not take; ``problems`` are the parts' own sentences."""
    sentences = "; ".join(problem for text in problems for problem in text.splitlines())
    if not sentences:
        return None
    return Fault(
        (f"setelan atau berkas kota salah: {sentences}", f"a setting or the city file is wrong: {sentences}"),
        ("perbaiki baris itu; semua setelan: docs/reference", "mend that line; every setting: docs/reference"),
    )


def rights_fault(folders: Iterable[FolderFact]) -> Fault | None:
    """A folder of another owner than its part's, or open to others."""
    for folder in folders:
        if (folder.owner, folder.mode) != (folder.wanted_owner, folder.wanted_mode):
            now, wanted = f"{folder.owner} ({folder.mode:04o})", f"{folder.wanted_owner} ({folder.wanted_mode:04o})"
            cure = "systemd-tmpfiles --create lebarpita.conf"
            return Fault(
                (f"{folder.path}: pemilik {now}, seharusnya {wanted}", f"{folder.path}: owner {now}, must be {wanted}"),
                (cure, cure),
            )
    return None


def clock_fault(synchronized: bool | None) -> Fault | None:
    """A clock that nobody keeps right; a note where that cannot be told."""
    cure = ("timedatectl set-ntp true, lalu timedatectl status", "timedatectl set-ntp true, then timedatectl status")
    if synchronized is None:
        return Fault(
            ("tidak diketahui apakah jam mesin disamakan", "whether the machine's clock is kept right is unknown"),
            cure,
            note=True,
        )
    if synchronized:
        return None
    return Fault(("jam mesin tidak disamakan (NTP)", "the machine's clock is not kept right (NTP)"), cure)


def names_fault(resolved: Mapping[str, bool]) -> Fault | None:
    """A host of the settings that has no address here."""
    lost = ", ".join(sorted(host for host, resolvable in resolved.items() if not resolvable))
    if not lost:
        return None
    return Fault(
        (f"nama tidak ditemukan: {lost}", f"no address is known for: {lost}"),
        ("periksa DNS (/etc/resolv.conf) dan ejaannya", "check DNS (/etc/resolv.conf) and the spelling"),
    )


def disk_fault(free: Mapping[str, int], full_days: Mapping[str, float]) -> Finding:
    """A disk with less room than Prometheus needs to start anew, or one that is full soon at its pace of two weeks.

    Free bytes by folder; days until full by the parts' own names of their places, empty where nobody can say yet.
    """
    cure = (
        "pindahkan cadangan lama, atau perkecil retensi di prometheus.env",
        "move old backups away, or shorten the retention in prometheus.env",
    )
    for folder, room in free.items():
        if room < LEAST_FREE_BYTES:
            megabytes = room // 2**20
            return Fault((f"{folder}: tinggal {megabytes} MB", f"{folder}: {megabytes} MB are left"), cure)
    if not full_days:
        return Assurance(("kapan penuh: belum diketahui", "when it is full: not known yet"))
    place, days = min(full_days.items(), key=lambda row: row[1])
    said = (f"{place} penuh dalam {days:.0f} hari", f"{place} is full in {days:.0f} days")
    return Fault(said, cure) if days < FULL_DAYS else Assurance(said)


def file_system_fault(networked: Mapping[str, str]) -> Fault | None:
    """A part's folder on a disk of another machine; the type of its file system by folder."""
    for folder, kind in networked.items():
        return Fault(
            (f"{folder}: di disk jaringan ({kind})", f"{folder}: on a disk of the network ({kind})"),
            (
                "pindahkan ke disk mesin ini: SQLite dan jurnal tidak aman di jaringan",
                "move it to a disk of this machine: SQLite and journals are not safe over a network",
            ),
        )
    return None


def offload_fault(active: Mapping[str, tuple[str, ...] | None], overhead: bool) -> Fault | None:
    """Shaped interfaces that bundle frames, by name; None where one does not say. ``overhead``: frames are counted.

    A note, because on fast lines bundles are best left on; a fault where each frame's overhead shall count.
    """
    bundles = {name: kinds for name, kinds in sorted(active.items()) if kinds}
    if bundles:
        names = "; ".join(f"{name}: {', '.join(kinds)}" for name, kinds in bundles.items())
        cures = [f"ethtool -K {name} {' '.join(f'{kind} off' for kind in kinds)}" for name, kinds in bundles.items()]
        why = ("overhead dihitung sekali tiap bundel", "overhead counts once a bundle") if overhead else _SLOW
        rest = ("", "") if overhead else _FAST
        return Fault(
            (f"bingkai dibundel ({names}): {why[0]}", f"frames come as bundles ({names}): {why[1]}"),
            (f"{'; '.join(cures)}{rest[0]}", f"{'; '.join(cures)}{rest[1]}"),
            note=not overhead,
        )
    silent = ", ".join(sorted(name for name, kinds in active.items() if kinds is None))
    if silent:
        look = f"ethtool -k {silent.split(', ')[0]}"
        return Fault(
            (
                f"tidak dapat dibaca apakah bingkai dibundel: {silent}",
                f"whether frames are bundled is unknown: {silent}",
            ),
            (look, look),
            note=True,
        )
    return None


_SLOW = (
    "kantor 1 Mbit/s menunggu 0,5 detik untuk satu bundel 64 KiB",
    "an office of 1 Mbit/s waits 0.5 s for a bundle of 64 KiB",
)
_FAST = (
    " (pada jalur di atas beberapa ratus Mbit/s sebaiknya dibiarkan)",
    " (on lines above some hundred Mbit/s best left as they are)",
)


def backup_fault(age_hours: float | None, sent_hours: float | None = None, *, looked: bool = True) -> Finding:
    """No backup, or none of the last two nights, or none that left the machine where a way is named.

    ``looked``: whether its folder was looked at; else no age is an office without a case, or a silent tracker.
    """
    cure = "systemctl enable --now lebarpita-backup.timer; systemctl start lebarpita-backup"
    if age_hours is None and not looked:
        unknown = ("umur cadangan tidak diketahui, atau belum ada kasus", "its age is unknown, or there is no case yet")
        return Fault(unknown, (cure, cure), note=True)
    if age_hours is None:
        return Fault(("belum ada cadangan", "there is no backup yet"), (cure, cure))
    if age_hours > BACKUP_HOURS:
        days = f"{age_hours / 24:.0f}"
        return Fault((f"cadangan terbaru berumur {days} hari", f"the newest backup is {days} days old"), (cure, cure))
    if sent_hours is not None and sent_hours > BACKUP_HOURS:
        days, ship = f"{sent_hours / 24:.0f}", "systemctl start lebarpita-ship; journalctl -u lebarpita-ship -n 20"
        return Fault(
            (
                f"cadangan terakhir keluar dari mesin {days} hari lalu",
                f"the last backup left the machine {days} days ago",
            ),
            (ship, ship),
        )
    # Where the tracker says it: before the first backup, of the first case.
    said = f"terbaru (atau kasus pertama) {age_hours:.0f} jam lalu"
    return Assurance((said, f"the newest (or the first case) is {age_hours:.0f} hours old"))


def certificate_fault(fact: CertificateFact | None, host: str) -> Fault | None:
    """A certificate that browsers refuse, now or soon; None in place of the fact where the file cannot be read."""
    cure = (
        "pasang sertifikat kantor di /etc/lebarpita/tls, lalu systemctl reload nginx",
        "put the office's certificate in /etc/lebarpita/tls, then systemctl reload nginx",
    )
    if fact is None:
        return Fault(("sertifikat situs tidak terbaca", "the site's certificate cannot be read"), cure)
    if host not in fact.hosts:
        names = ", ".join(fact.hosts)
        return Fault((f"sertifikat untuk {names}, bukan {host}", f"the certificate is for {names}, not {host}"), cure)
    if fact.days < CERTIFICATE_DAYS:
        left = f"{max(fact.days, 0):.0f}"
        return Fault((f"sertifikat berakhir dalam {left} hari", f"the certificate ends in {left} days"), cure)
    if fact.self_signed:
        return Fault(("sertifikat buatan sendiri", "the certificate is signed by itself"), cure)
    return None
