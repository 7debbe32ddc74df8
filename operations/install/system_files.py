"""Everything that ``install`` lays down: an office's answers in, the whole list of files out. Pure."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from alert_rules.office import OfficeAlerts
from operations.install import monitoring, settings_files, site, units
from operations.install.services import (
    BACKUPS,
    ETC,
    FLOWS,
    GROUP,
    SECRETS,
    SHAPING,
    SNMP_SECRETS,
    Installation,
    SystemFile,
)

UNITS = PurePosixPath("/etc/systemd/system")
# Made once; who may read each is written in the units and nowhere else.
SECRET_NAMES = ("webhook", "secret-key", "top-token", "shaping-token", "metrics-token")
_SNMP_ENV = """\
# Communities and keys that city.yaml names as env:NAME, one a line: NAME=value. Read by systemd for the poller and the
# watch, and by nobody else. Then: systemctl restart lebarpita-snmp lebarpita-watch
"""
# Kernel modules that the shaping agent needs, so that it needs no right to load any.
_MODULES = "".join(f"{name}\n" for name in ("sch_htb", "sch_fq_codel", "sch_ingress", "ifb", "act_mirred", "nf_tables"))


def system_files(office: Installation, alerts: OfficeAlerts) -> tuple[SystemFile, ...]:
    """Every file but the secrets, the city and alerts.yaml, of which some are built. Raises OperationsError."""
    return (*_unit_files(office), *_own_files(office), *monitoring.monitoring_files(alerts))


def _unit_files(office: Installation) -> Iterator[SystemFile]:
    for service in office.services:
        yield SystemFile(UNITS / f"{service.unit}.service", units.service_unit(service, office))
    yield SystemFile(UNITS / f"{FLOWS.unit}.socket", units.flow_socket())
    yield SystemFile(UNITS / "lebarpita-init.service", units.init_unit(office))
    yield SystemFile(UNITS / "lebarpita-backup.service", units.backup_unit(office))
    yield SystemFile(UNITS / "lebarpita-backup.timer", units.timer("a backup each night", "*-*-* 01:30"))
    yield SystemFile(UNITS / "lebarpita-ship.service", units.ship_unit(office))
    # After the backup of the same night; enabled once backup.send names a way.
    yield SystemFile(UNITS / "lebarpita-ship.timer", units.timer("the backup off this machine", "*-*-* 02:15"))
    yield SystemFile(UNITS / "lebarpita-drill.service", units.drill_unit(office))
    yield SystemFile(UNITS / "lebarpita-drill.timer", units.timer("a restore drill each month", "*-*-05 04:15"))
    yield SystemFile(UNITS / "lebarpita-verify.service", units.verify_unit(office))
    # After the backup of the same night: what is verified has its copy.
    yield SystemFile(UNITS / "lebarpita-verify.timer", units.timer("a verification each week", "Sun *-*-* 03:30"))


def _own_files(office: Installation) -> Iterator[SystemFile]:
    yield SystemFile(PurePosixPath("/etc/sysusers.d/lebarpita.conf"), sysusers(office))
    yield SystemFile(PurePosixPath("/etc/tmpfiles.d/lebarpita.conf"), tmpfiles(office))
    yield SystemFile(site.SITE, site.site_file(office.host))
    for name, text in settings_files.settings(office).items():
        yield SystemFile(ETC / name, text, 0o640, once=True)
    yield SystemFile(SNMP_SECRETS, _SNMP_ENV, 0o600, once=True)
    if SHAPING in office.services:
        yield SystemFile(PurePosixPath("/etc/modules-load.d/lebarpita.conf"), _MODULES)


def sysusers(office: Installation) -> str:
    """A user for every service, none of which can log in, and the group that reads the settings (sysusers.d(5))."""
    lines = [f"g {GROUP} -"]
    for service in office.services:
        lines += [f'u {service.unit} - "lebarpita {service.title.split(":")[0]}" {service.state}']
        lines += [f"m {service.unit} {GROUP}"]
    return "\n".join((*lines, ""))


def tmpfiles(office: Installation) -> str:
    """Owners and rights of every folder and of the settings, put right at each start (tmpfiles.d(5)).

    ``Z`` also takes over what a command run as root has made in a service's folder.
    """
    lines = [f"d {ETC} 0750 root {GROUP}", f"z {ETC}/*.yaml 0640 root {GROUP}"]
    lines += [f"d {SECRETS} 0700 root root", f"Z {SECRETS}/* 0600 root root"]
    lines += [f"d {ETC}/tls 0700 root root", f"z {ETC}/tls/*.key 0600 root root"]
    for service in office.services:
        lines += [f"d {service.state} 0700 {service.unit} {service.unit}"]
        lines += [f"Z {service.state} - {service.unit} {service.unit}"]
    tracker = next(service for service in office.services if service.name == "tracker")
    lines += [f"d {BACKUPS} 0700 {tracker.unit} {tracker.unit}"]
    return "\n".join((*lines, ""))
