"""The lab's faults, seen from inside the city: what answers, what the interfaces say, what comes back."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from lab import LabError
from lab.client import Lab

pytestmark = pytest.mark.lab


def _answers(lab: Lab, address: str, node: str = "noc") -> bool:
    return lab.run(node, "ping", "-nq", "-c2", "-i0.2", "-W1", address, check=False).code == 0


def _flags(lab: Lab, node: str, interface: str) -> str:
    return lab.run(node, "ip", "-o", "link", "show", "dev", interface).stdout


def test_every_router_office_and_the_internet_answer_the_noc(bare_lab: Lab) -> None:
    addresses = ["10.255.0.1", "10.255.0.2", "10.255.0.13", "10.10.1.2", "10.20.0.1", "203.0.113.1", "198.51.100.77"]
    assert all(_answers(bare_lab, address) for address in addresses)


def test_an_office_reaches_the_internet_by_ipv6(bare_lab: Lab) -> None:
    assert _answers(bare_lab, "2001:db8:ffff::10", node="kec-selatan")


def test_a_cut_link_leaves_both_ends_up_without_a_carrier(bare_lab: Lab) -> None:
    bare_lab.cut("agg-utara")
    for node, interface in (("agg", "utara"), ("dist-utara", "up")):
        flags = _flags(bare_lab, node, interface)
        assert "NO-CARRIER" in flags and ",UP" in flags
    assert not _answers(bare_lab, "10.10.1.2") and _answers(bare_lab, "10.10.5.2")


def test_a_healed_link_carries_again(bare_lab: Lab) -> None:
    bare_lab.cut("agg-utara")
    bare_lab.heal("agg-utara")
    assert _answers(bare_lab, "10.10.1.2") and _answers(bare_lab, "2001:db8:ffff::10", node="dinkes")


def test_a_flapping_link_is_whole_at_the_end(bare_lab: Lab) -> None:
    bare_lab.flap("utara-dinkes", times=2, down_seconds=0.1, up_seconds=0.1)
    assert bare_lab.status()["faults"]["cut"] == [] and _answers(bare_lab, "10.10.1.2")


def test_a_silent_link_is_up_and_carries_nothing(bare_lab: Lab) -> None:
    bare_lab.silence("timur-rsud")
    assert "LOWER_UP" in _flags(bare_lab, "dist-timur", "rsud") and not _answers(bare_lab, "10.10.5.2")


@pytest.mark.parametrize(("direction", "arrives"), [("up", True), ("down", False)])
def test_a_link_silent_one_way_still_carries_the_other(bare_lab: Lab, direction: str, arrives: bool) -> None:
    bare_lab.silence("timur-rsud", direction)
    before = bare_lab.counters("rsud", "eth0")["receive"]["packets"]
    assert not _answers(bare_lab, "10.10.5.2")
    received = bare_lab.counters("rsud", "eth0")["receive"]["packets"] - before
    assert (received > 0) is arrives


def test_a_delayed_link_answers_late_and_loses_nothing_also_when_it_is_healed(bare_lab: Lab) -> None:
    bare_lab.delay("timur-rsud", 0.5)
    assert bare_lab.status()["faults"]["late"] == {"timur-rsud": 0.5}
    said = bare_lab.run("noc", "ping", "-nq", "-c3", "-i0.2", "-W30", "10.10.5.2").stdout
    assert " 3 received" in said and float(said.split(" = ")[-1].split("/")[0]) >= 500
    asking = ["ping", "-nq", "-c20", "-i0.1", "-W30", "10.10.5.2"]
    with ThreadPoolExecutor() as beside:
        answered = beside.submit(bare_lab.run, "noc", *asking)
        bare_lab.heal("timur-rsud")
        assert " 20 received" in answered.result().stdout
    assert "delay-timur-rsud" not in {row["name"] for row in bare_lab.status()["services"]}


def test_a_delayed_link_is_late_after_a_reboot_and_not_after_a_silence(bare_lab: Lab) -> None:
    bare_lab.delay("timur-rsud", 0.5)
    bare_lab.reboot("dist-timur", seconds=0.1)
    said = bare_lab.run("noc", "ping", "-nq", "-c2", "-W30", "10.10.5.2").stdout
    assert float(said.split(" = ")[-1].split("/")[0]) >= 500
    bare_lab.silence("timur-rsud", "down")
    assert not _answers(bare_lab, "10.10.5.2") and bare_lab.status()["faults"]["late"] == {}


def test_a_delay_that_is_none_is_refused(bare_lab: Lab) -> None:
    with pytest.raises(LabError, match="delay 0 s of timur-rsud: must be more than 0 and at most 5"):
        bare_lab.delay("timur-rsud", 0)


def test_a_dead_device_takes_its_offices_and_its_agent_with_it(bare_lab: Lab) -> None:
    bare_lab.kill("dist-selatan")
    states = {row["name"]: row["state"] for row in bare_lab.status()["services"]}
    assert states["snmpd-dist-selatan"] != "running"
    assert not _answers(bare_lab, "10.10.9.2") and "NO-CARRIER" in _flags(bare_lab, "agg", "selatan")
    bare_lab.heal("dist-selatan")
    assert _answers(bare_lab, "10.10.9.2")


def test_a_reboot_moves_the_indexes_and_counts_from_zero(bare_lab: Lab) -> None:
    assert _answers(bare_lab, "10.10.5.2")
    upstream = bare_lab.counters("agg", "timur")
    before = bare_lab.counters("dist-timur", "rsud")
    bare_lab.reboot("dist-timur", seconds=0.2)
    after = bare_lab.counters("dist-timur", "rsud")
    assert after["index"] > before["index"] and after["receive"]["bytes"] < before["receive"]["bytes"]
    assert bare_lab.counters("agg", "timur")["index"] == upstream["index"], "the neighbour keeps its interface"
    assert _answers(bare_lab, "10.10.5.2")


def test_a_link_that_was_cut_before_a_reboot_stays_cut(bare_lab: Lab) -> None:
    bare_lab.cut("timur-rsud")
    bare_lab.reboot("dist-timur", seconds=0.1)
    assert not _answers(bare_lab, "10.10.5.2") and _answers(bare_lab, "10.10.6.2")


def test_packets_travel_as_the_wire_would_carry_them(bare_lab: Lab) -> None:
    with bare_lab.running("isp", "iperf3", "-s", "-1"):
        bare_lab.run("dinkes", "sh", "-c", "until iperf3 -c 198.51.100.1 -n 2M -b 50M; do sleep 0.1; done")
    received = bare_lab.counters("core", "wan")["transmit"]
    assert received["bytes"] / received["packets"] < 1514


def test_unknown_names_are_answered_with_the_known_ones(bare_lab: Lab) -> None:
    with pytest.raises(LabError, match="no link is called 'agg-barat'; the links are noc, core-agg"):
        bare_lab.cut("agg-barat")
    with pytest.raises(LabError, match="no node is called 'dist-barat'; the nodes are isp, noc, core"):
        bare_lab.kill("dist-barat")
    with pytest.raises(LabError, match="no service is called 'grafana'"):
        bare_lab.kill_service("grafana")


def test_a_command_reports_its_exit_code_and_what_it_said(bare_lab: Lab) -> None:
    done = bare_lab.run("dinkes", "sh", "-c", "cat; echo wrong >&2; exit 3", stdin="right", check=False)
    assert (done.code, done.stdout, done.stderr) == (3, "right", "wrong\n")
    with pytest.raises(LabError, match="exit code 3"):
        bare_lab.run("dinkes", "sh", "-c", "exit 3")


def test_a_command_ends_with_the_client_that_asked_for_it(bare_lab: Lab) -> None:
    with bare_lab.running("dinkes", "sleep", "4242"):
        bare_lab.run("dinkes", "sh", "-c", "until ps ax | grep -q '[s]leep 4242'; do sleep 0.05; done")
    bare_lab.run("dinkes", "sh", "-c", "while ps ax | grep -q '[s]leep 4242'; do sleep 0.05; done", timeout=120)


def test_a_program_that_is_not_there_is_named(bare_lab: Lab) -> None:
    assert "no-such-program" in bare_lab.run("dinkes", "no-such-program", check=False).stderr
