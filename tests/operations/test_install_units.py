"""The units that ``lebarpita install`` lays down, judged by systemd's own programs; none of them is started here."""

import re
import subprocess
from pathlib import Path

import pytest
from installed import Machine, new_machine

from operations.install.services import FLOWS, SERVICES, SHAPING, TRACKER, WATCH
from operations.install.system_files import SECRET_NAMES

# Of 10, where 10 is a service that may do everything (systemd-analyze(1), security): the bound, times ten.
MOST_EXPOSED = 25


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    made = new_machine(tmp_path_factory.mktemp("machine"))
    assert made.install("--uplink", "isp-utama") == 0
    return made


def settings_of(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        key, separator, value = line.partition("=")
        if separator:
            found.setdefault(key, []).append(value)
    return found


def analyze(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=120, check=False)


def test_every_part_has_its_unit_and_the_backup_and_the_verification_their_timers(machine: Machine) -> None:
    names = {unit.stem for unit in machine.units()}
    assert names == {
        *(service.unit for service in SERVICES),
        *(f"lebarpita-{name}" for name in ("init", "backup", "ship", "drill", "verify")),
    }
    timers = sorted(path.stem for path in machine.at("/etc/systemd/system").glob("*.timer"))
    assert timers == [f"lebarpita-{name}" for name in ("backup", "drill", "ship", "verify")]


def test_each_unit_is_exposed_less_than_the_bound(machine: Machine) -> None:
    for unit in machine.units():
        done = analyze("security", "--offline=yes", f"--threshold={MOST_EXPOSED}", "--no-pager", str(unit))
        assert done.returncode == 0, done.stdout[-400:] + done.stderr


def test_a_unit_without_hardening_is_over_the_bound(tmp_path: Path) -> None:
    """That the judge can say no."""
    (bare := tmp_path / "bare.service").write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
    assert analyze("security", "--offline=yes", f"--threshold={MOST_EXPOSED}", "--no-pager", str(bare)).returncode != 0


def test_systemd_finds_no_fault_in_any_unit_timer_or_socket(machine: Machine) -> None:
    units = [str(path) for path in machine.at("/etc/systemd/system").glob("lebarpita-*.*")]
    done = analyze("verify", "--man=no", *units)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "lebarpita" in line]) == (0, [])


def test_each_service_has_a_user_and_a_state_folder_of_its_own_that_its_settings_name(machine: Machine) -> None:
    """One ``state:`` for three parts was the fault: each could read and break what the others keep."""
    for service in SERVICES:
        unit = settings_of(machine.at(f"/etc/systemd/system/{service.unit}.service"))
        assert (unit["User"], unit["StateDirectory"]) == ([service.unit], [service.unit])
        assert unit["StateDirectoryMode"] == ["0700"] and "DynamicUser" not in unit
        assert f" {service.state}" in machine.text(f"/etc/lebarpita/{service.settings}")
        text = machine.text(f"/etc/lebarpita/{service.settings}")
        assert not [other.name for other in SERVICES if other is not service and str(other.state) in text]


def test_a_state_folder_that_root_has_made_first_is_given_to_its_service(machine: Machine) -> None:
    """``tracker init`` as root made a folder that the tracker could not write."""
    lines = machine.text("/etc/tmpfiles.d/lebarpita.conf").splitlines()
    for service in SERVICES:
        assert f"d {service.state} 0700 {service.unit} {service.unit}" in lines
        assert f"Z {service.state} - {service.unit} {service.unit}" in lines


def test_a_secret_is_handed_to_who_needs_it_and_each_can_open_what_its_settings_name(machine: Machine) -> None:
    """A token in a file of root's could not be opened by its reader."""
    for service in SERVICES:
        unit = settings_of(machine.at(f"/etc/systemd/system/{service.unit}.service"))
        handed = dict(line.split(":") for line in unit.get("LoadCredential", []))
        named = re.findall(r"file:(\S+)", machine.text(f"/etc/lebarpita/{service.settings}"))
        assert {place.rsplit("/", 1)[1] for place in named} == set(handed) <= set(SECRET_NAMES)
        assert all(place.startswith(f"/run/credentials/{service.unit}.service/") for place in named)
        assert all(machine.at(source).exists() for source in handed.values())


def test_rights_over_the_network_are_the_watchs_and_the_shaping_agents_alone(machine: Machine) -> None:
    rights = {unit.stem: settings_of(unit)["CapabilityBoundingSet"] for unit in machine.units()}
    wanted = {WATCH.unit: "CAP_NET_RAW CAP_NET_BIND_SERVICE", SHAPING.unit: "CAP_NET_ADMIN"}
    assert rights == {name: [wanted.get(name, "")] for name in rights}


def test_what_the_parts_read_of_proc_is_not_hidden(machine: Machine) -> None:
    """Without /proc/stat no process tells when it began, and LebarpitaPartRestarting never fires."""
    assert not [unit.name for unit in machine.units() if "ProcSubset" in settings_of(unit)]


def test_the_tracker_is_prepared_once_with_the_tokens_that_the_other_parts_hold(machine: Machine) -> None:
    unit = settings_of(machine.at("/etc/systemd/system/lebarpita-init.service"))
    assert unit["ConditionPathExists"] == [f"|!{TRACKER.state}/tracker.db", f"|!{TRACKER.state}/prepared"]
    assert f" {TRACKER.state}/tracker.db" in machine.text("/etc/lebarpita/tracker.yaml")
    first, shaping, prometheus, mark = unit["ExecStart"]
    assert mark == f"/usr/bin/touch {TRACKER.state}/prepared"
    assert " init " in first and "allocations:read" in shaping and "metrics:read" in prometheus
    assert unit["StandardOutput"] == [f"append:{TRACKER.state}/setup-token"]
    tracker = settings_of(machine.at("/etc/systemd/system/lebarpita-tracker.service"))
    assert "lebarpita-init.service" in tracker["After"]


def test_flows_arrive_at_a_socket_of_systemds_with_room_for_a_burst(machine: Machine) -> None:
    socket = settings_of(machine.at(f"/etc/systemd/system/{FLOWS.unit}.socket"))
    assert socket["ListenDatagram"] == ["0.0.0.0:2055"] and socket["ReceiveBuffer"] == ["32M"]
    assert f"{FLOWS.unit}.socket" in settings_of(machine.at(f"/etc/systemd/system/{FLOWS.unit}.service"))["Requires"]
