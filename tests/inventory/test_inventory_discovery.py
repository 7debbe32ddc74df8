"""What devices told becomes a proposed city; the walk stays inside the networks given."""

from ipaddress import ip_address, ip_network

import pytest

from inventory.answers import Walk
from inventory.cli import main
from inventory.discovery import propose_from_walks
from inventory.model import Address
from inventory.proposal import proposal_text
from inventory.reading import parse_city
from inventory.walking import WalkError, walk_network

WITHIN = [ip_network("10.0.0.0/8")]
CORE = Walk.model_validate(
    {
        "address": "10.0.0.1",
        "name": "Core",
        "description": "RouterOS CCR2004",
        "credential": {"name": "snmp", "version": "2c", "community": "env:C"},
        "interfaces": [
            {"index": 1, "name": "ether1", "alias": "ISP Contoh", "speed_bps": 10**9},
            {"index": 2, "name": "ether2", "alias": "ke dist", "speed_bps": 10**9},
            {"index": 3, "name": "ether3", "alias": "???", "addresses": ["10.7.0.1/24"]},
            {"index": 4, "name": "lo", "type": 24, "addresses": ["10.0.0.1/32"]},
        ],
        "neighbours": [
            {
                "protocol": "lldp",
                "interface": "ether2",
                "name": "Dist-A",
                "address": "10.0.0.2",
                "remote_interface": "ether1",
            },
            {"protocol": "mndp", "interface": "ether9", "name": "elsewhere", "address": "192.0.2.9"},
        ],
        "queues": [{"name": "Dinas Sosial", "targets": ["10.5.0.0/24"]}],
    }
)
DIST = Walk.model_validate(
    {
        "address": "10.0.0.2",
        "name": "dist-a",
        "interfaces": [
            {"index": 1, "name": "ether1", "speed_bps": 10**9},
            {
                "index": 2,
                "name": "ether2",
                "alias": "Dinas Kesehatan",
                "speed_bps": 10**8,
                "addresses": ["10.1.0.1/24"],
            },
        ],
        "neighbours": [{"protocol": "lldp", "interface": "ether1", "name": "core", "address": "10.0.0.1"}],
        "arp": [{"interface": "ether2", "address": "10.1.0.2"}],
    }
)


def test_links_offices_queues_and_the_uplink_are_proposed() -> None:
    proposal = propose_from_walks([CORE, DIST], WITHIN)
    assert [uplink["name"] for uplink in proposal.uplinks] == ["isp-contoh"]
    assert proposal.links[0]["upstream"] == {"device": "core", "interface": "ether2"}
    assert {opd["code"]: opd["prefixes"] for opd in proposal.opds} == {
        "dinas-kesehatan": ["10.1.0.0/24"],
        "dinas-sosial": ["10.5.0.0/24"],
    }
    assert next(opd for opd in proposal.opds if opd["code"] == "dinas-kesehatan")["address"] == "10.1.0.2"


def test_what_was_not_understood_is_said() -> None:
    doubts = "\n".join(propose_from_walks([CORE, DIST], WITHIN).doubts)
    assert "its neighbour elsewhere was not walked" in doubts
    assert "interface ether3 (???) was not understood" in doubts
    assert "queue 'Dinas Sosial'" in doubts


def test_an_office_behind_a_queue_has_its_link_and_the_file_passes_its_own_check() -> None:
    text = proposal_text(propose_from_walks([CORE, DIST], WITHIN))
    assert "still to mend" not in text
    city = parse_city(text)
    assert city.opd("dinas-sosial").queue == "Dinas Sosial"
    assert city.link("link-dinas-sosial").upstream.device == "core"
    assert "# unsure: link link-dinas-sosial: its port at core is unknown (it was not told)" in text


def test_the_walk_goes_only_inside_the_networks_and_names_the_silent() -> None:
    asked: list[Address] = []

    def ask(address: Address) -> Walk:
        asked.append(address)
        if address == ip_address("10.0.0.1"):
            return CORE
        raise WalkError(f"{address}: timed out")

    found = walk_network(ask, ip_address("10.0.0.1"), WITHIN, depth=3)
    assert asked == [ip_address("10.0.0.1"), ip_address("10.0.0.2")]
    assert found.silent == ("10.0.0.2: timed out",)


def test_depth_nought_asks_one_device() -> None:
    assert len(walk_network(lambda _: CORE, ip_address("10.0.0.1"), WITHIN, depth=0).walks) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["discover", "10.0.0.300", "--within", "10.0.0.0/8"], "give an address and networks"),
        (["discover", "10.0.0.1", "--within", "10.0.0.0/8", "--depth", "-1"], "--depth is 0"),
        (["discover", "192.0.2.1", "--within", "10.0.0.0/8"], "192.0.2.1 is outside 10.0.0.0/8"),
    ],
)
def test_wrong_use_is_a_sentence(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("description", "kind"),
    [
        ("RouterOS CCR2004", "routeros"),
        ("Cisco IOS Software, C900", "cisco"),
        ("Something else", "router"),
        ("", "router"),
    ],
)
def test_the_family_of_a_device_is_taken_from_what_it_says_of_itself(description: str, kind: str) -> None:
    core, _ = propose_from_walks([CORE.model_copy(update={"description": description})], WITHIN).devices
    assert core["kind"] == kind
