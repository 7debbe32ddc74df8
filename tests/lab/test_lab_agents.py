"""The lab's agents: real snmpd in every router, real NetFlow at the core, traps to the noc."""

import json
import re
import time
from pathlib import Path

import pytest
from children import until

from lab.client import Lab

pytestmark = pytest.mark.lab

IF_NAME, IF_OPER, SPEED, UPTIME = (
    "1.3.6.1.2.1.31.1.1.1.1",
    "1.3.6.1.2.1.2.2.1.8",
    "1.3.6.1.2.1.31.1.1.1.15",
    "1.3.6.1.2.1.1.3",
)
REFRESH = "1.3.6.1.4.1.8072.1.5.3.1.2.1.3.6.1.2.1.2.2"
LISTEN = """
import socket, sys
box = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
box.bind(("0.0.0.0", 162))
print("listening", flush=True)
while True:
    text, (address, _) = box.recvfrom(9999)
    if bytes([6, 3, 1, 1, 5, 3]) in text:
        print(address, flush=True)
        sys.exit()
"""


def _secret(lab: Lab, name: str) -> str:
    return (lab.paths.secrets / name).read_text()


def _walk(lab: Lab, address: str, oid: str) -> list[str]:
    if address in ("10.255.0.1", "10.255.0.2"):
        keys = ["-A", _secret(lab, "lebarpita_snmp_auth"), "-X", _secret(lab, "lebarpita_snmp_privacy")]
        how = ["-v3", "-l", "authPriv", "-u", "lebarpita", "-a", "SHA-256", "-x", "AES", *keys]
    else:
        how = ["-v2c", "-c", _secret(lab, "lebarpita_snmp_community")]
    return lab.run("noc", "snmpwalk", *how, "-Oqv", address, oid).stdout.replace('"', "").split("\n")[:-1]


def test_a_router_answers_snmp_v3_with_its_own_interfaces_alone(bare_lab: Lab) -> None:
    assert set(_walk(bare_lab, "10.255.0.1", IF_NAME)) == {"lo", "noc", "lan", "wan"}


def test_a_router_answers_snmp_v2c(bare_lab: Lab) -> None:
    assert {"up", "dinkes", "kec-utara"} < set(_walk(bare_lab, "10.255.0.11", IF_NAME))


def test_a_wrong_community_gets_no_answer(bare_lab: Lab) -> None:
    done = bare_lab.run(
        "noc", "snmpget", "-v2c", "-c", "public", "-t1", "-r0", "10.255.0.11", f"{UPTIME}.0", check=False
    )
    assert done.code == 1 and "Timeout" in done.stderr


def test_the_agent_tells_how_often_it_renews_its_table(bare_lab: Lab) -> None:
    assert _walk(bare_lab, "10.255.0.11", REFRESH) == ["3"]


def test_a_cut_shows_as_not_operating_after_the_agents_refresh(bare_lab: Lab) -> None:
    bare_lab.cut("utara-dinkes")
    until(lambda: "2" in _walk(bare_lab, "10.255.0.11", IF_OPER), "the cut", pause=0.2)
    assert _walk(bare_lab, "10.255.0.11", IF_OPER).count("2") == 1


def test_a_cut_sends_a_trap_from_the_management_address(bare_lab: Lab) -> None:
    with bare_lab.conversation("exec", node="noc", argv=["python3", "-c", LISTEN], timeout=120) as answer:
        bare_lab.run("noc", "sh", "-c", "until grep -q :00A2 /proc/net/udp; do sleep 0.05; done")
        bare_lab.cut("timur-dishub")
        assert json.loads(answer.readline())["result"]["stdout"].split() == ["listening", "10.255.0.12"]


def test_a_reboot_sets_the_uptime_back(bare_lab: Lab) -> None:
    time.sleep(1)
    before = _ticks(bare_lab)
    bare_lab.reboot("dist-selatan", seconds=0.1)
    assert _ticks(bare_lab) < before


def _ticks(lab: Lab) -> float:
    return sum(
        float(part) * unit
        for part, unit in zip(
            reversed(_walk(lab, "10.255.0.13", UPTIME)[0].split(":")), (1, 60, 3600, 86400), strict=True
        )
    )


COUNT = """
table inet count {
  chain forward {
    type filter hook forward priority 0
    oifname "wan" counter comment "transmit"
    iifname "wan" counter comment "receive"
  }
}
"""


def _counted(lab: Lab) -> dict[str, int]:
    text = lab.run("core", "nft", "list", "table", "inet", "count").stdout
    return {name: int(number) for number, name in re.findall(r"bytes (\d+) comment \"(\w+)\"", text)}


def test_netflow_is_exact_to_the_byte_in_both_directions(bare_lab: Lab, tmp_path: Path) -> None:
    # A file every two seconds: what has come is read while the exporter still holds some of it.
    collector = ["nfcapd", "-w", str(tmp_path), "-p", "2055", "-t", "2"]
    with bare_lab.conversation("exec", node="noc", argv=collector):
        bare_lab.run("noc", "sh", "-c", "until grep -q :0807 /proc/net/udp*; do sleep 0.05; done")
        for name in ("netflow-wan-in", "netflow-wan-out"):
            bare_lab.stop_service(name)  # it sends its templates first of all, and then only now and again
            bare_lab.start_service(name)
        time.sleep(1)
        bare_lab.run("core", "nft", "-f", "-", stdin=COUNT)
        with bare_lab.running("isp", "iperf3", "-s", "-1"):
            client = "until iperf3 -c 198.51.100.1 -n 3M -b 60M --bidir; do sleep 0.1; done"
            bare_lab.run("dinkes", "sh", "-c", client)
        counted = _counted(bare_lab)
        # The flows' timeout and the exporter's interval of looking for it are some nine seconds, on a machine at rest.
        until(lambda: _exported(bare_lab, tmp_path) == counted, "what the kernel counted is told", pause=1)
        bare_lab.run("noc", "pkill", "-TERM", "nfcapd")
    wan = str(bare_lab.counters("core", "wan")["index"])
    for source, _, *interfaces in _flows(bare_lab, tmp_path):
        assert interfaces == (["0", wan] if source == "10.10.1.2" else [wan, "0"])
    bare_lab.run("core", "nft", "delete", "table", "inet", "count")
    assert min(counted.values()) > 3_000_000 and _exported(bare_lab, tmp_path) == counted


def _flows(lab: Lab, folder: Path) -> list[list[str]]:
    """Source, bytes, interface in, interface out of each flow of the office."""
    if not list(folder.glob("nfcapd.2*")):
        return []
    rows = lab.run("noc", "nfdump", "-q", "-N", "-R", str(folder), "-o", "fmt:%sa %byt %in %out", check=False).stdout
    return [line.split() for line in rows.splitlines() if "10.10.1.2" in line or "198.51.100" in line]


def _exported(lab: Lab, folder: Path) -> dict[str, int]:
    exported = {"transmit": 0, "receive": 0}
    for source, number, *_ in _flows(lab, folder):
        exported["transmit" if source == "10.10.1.2" else "receive"] += int(number)
    return exported
