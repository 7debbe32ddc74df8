"""Each check of the doctor on its red side and its green one; facts in, a sentence and its cure out."""

from dataclasses import replace

import pytest

from exporter.snmp.engines.failure import Reason
from operations.doctor.alert_checks import arrival_fault, delivery_fault, reached_fault, rules_fault, scrape_fault
from operations.doctor.commands import examine, lines_of
from operations.doctor.fault import Assurance, Fault, Finding
from operations.doctor.machine_checks import (
    LEAST_FREE_BYTES,
    CertificateFact,
    FolderFact,
    backup_fault,
    certificate_fault,
    clock_fault,
    disk_fault,
    file_system_fault,
    names_fault,
    offload_fault,
    rights_fault,
    settings_fault,
)
from operations.doctor.part_checks import (
    DeviceFact,
    FlowFact,
    buffer_fault,
    device_fault,
    flows_fault,
    part_fault,
    port_fault,
    shaping_fault,
)

FLOWS = FlowFact(("10.255.0.1",), {"10.255.0.1": 9.0}, {"10.255.0.1": 0.0}, {})
FOLDER = FolderFact("/var/lib/lebarpita-watch", "lebarpita-watch", 0o700, "lebarpita-watch", 0o700)
SITE = CertificateFact(90.0, False, ("bandwidth.kota.go.id",))
HOST = "bandwidth.kota.go.id"
CORE = DeviceFact("core", "v2", "")

GREEN = {
    "settings": settings_fault([]),
    "rights": rights_fault([FOLDER]),
    "clock": clock_fault(True),
    "names": names_fault({HOST: True}),
    "disk": disk_fault({"/var/lib": LEAST_FREE_BYTES}, {"files": 31.0, "database": 400.0}),
    "a disk of which nobody knows yet": disk_fault({"/var/lib": LEAST_FREE_BYTES}, {}),
    "arrival": arrival_fault(300.0, True),
    "a backup that was sent": backup_fault(30.0, 30.0),
    "kind of disk": file_system_fault({}),
    "part": part_fault("lebarpita-watch", 200, "ready\n"),
    "device": device_fault([CORE]),
    "port": port_fault([CORE]),
    "flows": flows_fault(FLOWS),
    "buffer": buffer_fault(FLOWS),
    "scrapes": scrape_fault({"lebarpita-watch": ""}, {"lebarpita-watch"}),
    "rules": rules_fault({"LebarpitaOutage": ""}, {"LebarpitaOutage"}),
    "delivery": delivery_fault(["http://127.0.0.1:9093"], {"webhook": 0.0}),
    "reached": reached_fault(0.0),
    "shaping": shaping_fault(1.0, False),
    "no bundles": offload_fault({"wan": (), "lan": ()}, True),
    "backup": backup_fault(30.0),
    "certificate": certificate_fault(SITE, HOST),
}
RED: dict[str, tuple[Finding, str, str]] = {
    "settings": (settings_fault(["tracker.yaml: listn: not permitted"]), "listn", "mend that line"),
    "root's folder": (rights_fault([replace(FOLDER, owner="root")]), "owner root (0700)", "systemd-tmpfiles"),
    "an open folder": (rights_fault([FOLDER, replace(FOLDER, mode=0o755)]), "(0755)", "systemd-tmpfiles"),
    "clock": (clock_fault(False), "clock", "timedatectl"),
    "names": (names_fault({HOST: False, "a.go.id": True}), f"no address is known for: {HOST}", "DNS"),
    "full soon": (disk_fault({}, {"database": 90.0, "files": 12.4}), "files is full in 12 days", "retention"),
    "no alert arrives": (arrival_fault(7200.0, True), "no alert has reached the tracker for 2.0 hours", "webhook"),
    "none ever arrived": (arrival_fault(None, True), "no alert has ever reached the tracker", "webhook"),
    "not sent": (backup_fault(9.0, 72.0), "left the machine 3 days ago", "lebarpita-ship"),
    "disk": (disk_fault({"/var/lib": 2**20}, {}), "/var/lib: 1 MB are left", "retention"),
    "a disk of the network": (file_system_fault({"/srv": "nfs4"}), "/srv: on a disk of the network (nfs4)", "SQLite"),
    "silent part": (part_fault("lebarpita-watch", None, ""), "does not answer", "systemctl start lebarpita-watch"),
    "full disk": (part_fault("lebarpita-flows", 503, "/x: cannot be written\n"), "/x: cannot be written", "journalctl"),
    "port": (port_fault([replace(CORE, lost_links=("utara",))]), "no port of the line utara", "interface:"),
    "no flows": (flows_fault(replace(FLOWS, datagrams={})), "no flows from 10.255.0.1", "UDP 2055"),
    "flows of somebody else": (
        flows_fault(replace(FLOWS, datagrams={}, refused={"10.1.2.3": 7.0})),
        "no flows from 10.255.0.1; who sends and is refused: 10.1.2.3 (7)",
        "flows: [{address: ADDRESS}]",
    ),
    "no template": (flows_fault(replace(FLOWS, undecoded={"10.255.0.1": 4.0})), "without a template", "timeout"),
    "no sampling": (flows_fault(replace(FLOWS, unsampled={"10.255.0.1": 4.0})), "sampling rate", "sampling:"),
    "buffer": (buffer_fault(replace(FLOWS, dropped=12.0)), "dropped 12 flow datagrams", "ReceiveBuffer"),
    "no Prometheus": (scrape_fault(None, {"lebarpita-watch"}), "does not answer", "systemctl start prometheus"),
    "no job": (scrape_fault({}, {"lebarpita-watch"}), "does not read lebarpita-watch", "promtool"),
    "401": (scrape_fault({"lebarpita-tracker": "401"}, ()), "fails to read lebarpita-tracker: 401", "metrics-token"),
    "rules": (rules_fault({}, {"A", "B", "C", "D"}), "rules are not loaded: A, B, C (+1)", "promtool"),
    "no rules at all": (rules_fault(None, {"A"}), "rules are not loaded: A", "promtool"),
    "an ill rule": (rules_fault({"A": "division"}, {"A"}), "the rule A fails: division", "promtool"),
    "nobody told": (delivery_fault([], {}), "no Alertmanager to tell", "systemctl start prometheus-alertmanager"),
    "Alertmanager": (delivery_fault(["x"], None), "Alertmanager does not answer", "journalctl"),
    "mail": (delivery_fault(["x"], {"email": 2.0, "webhook": 0.0}), "fails to deliver by email", "mail server"),
    "agent": (shaping_fault(None, False), "does not hear the tracker", "token"),
    "an agent that heard nothing lately": (shaping_fault(61.0, False), "does not hear the tracker", "token"),
    "plan": (shaping_fault(1.0, True), "waits for a person", "lebarpita as shaping plan"),
    "bundles": (
        offload_fault({"wan": ("tso", "gro"), "lan": ()}, False),
        "wan: tso, gro",
        "ethtool -K wan tso off gro",
    ),
    "counted": (offload_fault({"wan": ("lro",)}, True), "overhead counts once", "ethtool -K wan lro off"),
    "silent": (offload_fault({"wan": (), "lan": None}, True), "is unknown: lan", "ethtool -k lan"),
    "no backup": (backup_fault(None), "no backup yet", "lebarpita-backup.timer"),
    "old backup": (backup_fault(72.0), "the newest backup is 3 days old", "lebarpita-backup.timer"),
    "no certificate": (certificate_fault(None, HOST), "cannot be read", "/etc/lebarpita/tls"),
    "another's certificate": (certificate_fault(SITE, "x.go.id"), "not x.go.id", "/etc/lebarpita/tls"),
    "soon": (certificate_fault(replace(SITE, days=3.0), HOST), "ends in 3 days", "/etc/lebarpita/tls"),
    "its own": (certificate_fault(replace(SITE, self_signed=True), HOST), "signed by itself", "/etc/lebarpita/tls"),
}


UNKNOWN: dict[str, tuple[Finding, str]] = {
    "clock": (clock_fault(None), "whether the machine's clock is kept right is unknown"),
    "arrival": (arrival_fault(None, False), "unknown: Prometheus does not answer"),
    "flows": (flows_fault(replace(FLOWS, unread=True)), "page cannot be read"),
    "buffer": (buffer_fault(replace(FLOWS, unread=True)), "page cannot be read"),
    "somebody unknown beside those that send": (
        flows_fault(replace(FLOWS, refused={f"10.1.2.{last}": float(last) for last in range(3, 8)})),
        "not written in the city file, but sends flows: 10.1.2.7 (7), 10.1.2.6 (6), 10.1.2.5 (5) (+2)",
    ),
    "no sender of flows": (flows_fault(replace(FLOWS, wanted=())), "names no sender of flows"),
    "backup": (backup_fault(None, looked=False), "its age is unknown, or there is no case yet"),
    "people of whom nobody knows": (reached_fault(None), "who can be called is unknown"),
    "people who confirmed nothing": (reached_fault(2.0), "2 people have confirmed no trial call for 30 days"),
    "devices": (device_fault([CORE], 3), "no time to ask 3 devices"),
}


@pytest.mark.parametrize("name", GREEN)
def test_what_is_well_is_no_fault(name: str) -> None:
    assert not isinstance(GREEN[name], Fault)


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_nobody_can_say_is_a_note_and_neither_green_nor_red(name: str) -> None:
    finding, sentence = UNKNOWN[name]
    assert isinstance(finding, Fault) and finding.note and sentence in finding.wrong[1]


def test_what_is_well_says_what_it_saw() -> None:
    assert GREEN["flows"] == Assurance(("datagram dari 10.255.0.1 (9)", "datagrams from 10.255.0.1 (9)"))
    assert GREEN["disk"] == Assurance(("files penuh dalam 31 hari", "files is full in 31 days"))
    assert lines_of(("disk", "disk"), GREEN["disk"])[1:] == [
        "       files penuh dalam 31 hari",
        "       files is full in 31 days",
    ]


@pytest.mark.parametrize("name", RED)
def test_what_is_wrong_is_a_sentence_in_both_languages_with_its_cure(name: str) -> None:
    fault, sentence, cure = RED[name]
    assert isinstance(fault, Fault) and sentence in fault.wrong[1] and cure in fault.cure[1]
    assert fault.wrong[0] != fault.wrong[1] and all((*fault.wrong, *fault.cure))


def test_bundles_are_a_note_that_ends_nothing_unless_each_frame_s_overhead_counts() -> None:
    notes = [offload_fault({"wan": kinds}, counted) for kinds, counted in ((("gro",), False), (None, True))]
    assert [fault and fault.note for fault in notes] == [True, True]
    counted = offload_fault({"wan": ("gro",)}, True)
    assert counted is not None and not counted.note
    steps = [(("satu", "first"), lambda: notes[0]), (("dua", "second"), lambda: counted), (("x", "x"), lambda: None)]
    assert [title[1] for title, _ in examine(steps, whole=False)] == ["first", "second"]
    assert lines_of(("satu", "first"), notes[0])[0] == "catat  satu / first"


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_of_an_snmp_failure_has_a_cure_and_names_the_credential_that_was_tried(reason: Reason) -> None:
    fault = device_fault([CORE, replace(CORE, name="barat", failure=reason)])
    assert isinstance(fault, Fault)
    assert fault.wrong[1] == f"SNMP of barat fails ({reason}) with v2" and "{" not in "".join(fault.cure)


def test_the_other_devices_that_fail_are_named_too() -> None:
    fault = device_fault([CORE, *(replace(CORE, name=f"d{n}", failure="timeout") for n in range(6))])
    assert isinstance(fault, Fault) and fault.wrong[1].endswith("; so do d1, d2, d3 (+2)")
