"""Runs that merge: what people wrote stays letter by letter, and only what the file does not say is added."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from inventory.answers import Walk
from inventory.discovery import propose_from_walks
from inventory.merging import merge_into
from inventory.proposal import Proposal
from inventory.reading import InventoryError, parse_city

WRITTEN = """\
# Kota kami, ditulis tangan.
city: {name: Kota, watch_from: inti}
credentials:
    - {name: lama, community: "env:C"}   # jangan diganti
devices:
    - name: inti
      address: 10.0.0.1
      snmp: lama
uplinks:
    - {name: isp, device: inti, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}

# Jalur
links:
    - {name: l1, upstream: {device: inti, interface: e1}, opd: dinkes, speed: 100 Mbit/s}
opds:
    - code: dinkes
      name: "Dinas Kesehatan"
      prefixes: [10.1.0.0/24]
# akhir
"""
WITHIN = [ip_network("10.0.0.0/8")]
CORE = Walk.model_validate(
    {
        "address": "10.0.0.1",
        "name": "RB-CORE",
        "credential": {"name": "lama", "version": "2c", "community": "env:C"},
        "interfaces": [
            {"index": 1, "name": "e1", "alias": "Dinas Kesehatan", "addresses": ["10.1.0.1/24"]},
            {"index": 2, "name": "e2", "alias": "Dinas Sosial", "addresses": ["10.2.0.1/24"], "speed_bps": 10**8},
            {"index": 3, "name": "e3", "speed_bps": 10**9},
            {"index": 4, "name": "wan", "alias": "ISP"},
        ],
        "neighbours": [{"protocol": "lldp", "interface": "e3", "name": "ap-1", "address": "10.9.0.1"}],
    }
)


def proposed() -> Proposal:
    return propose_from_walks([CORE], WITHIN, parse_city(WRITTEN))


def test_only_what_the_file_does_not_say_is_proposed() -> None:
    proposal = proposed()
    assert [row["name"] for row in proposal.devices] == ["ap-1"]
    assert [row["name"] for row in proposal.links] == ["link-dinas-sosial", "inti-ap-1"]
    assert [row["code"] for row in proposal.opds] == ["dinas-sosial"]
    assert (proposal.uplinks, proposal.credentials) == ([], [])


def test_every_line_that_people_wrote_stays_and_the_new_ones_stand_at_the_ends_of_their_lists() -> None:
    merged = merge_into(WRITTEN, "city.yaml", proposed())
    added = [line for line in merged.splitlines() if line not in WRITTEN.splitlines()]
    assert [line for line in merged.splitlines() if line not in added] == WRITTEN.splitlines()
    assert added[0] == "    - {name: ap-1, address: 10.9.0.1}"
    city = parse_city(merged)
    assert str(city.opd("dinas-sosial").prefixes[0]) == "10.2.0.0/24"
    assert merged.endswith("# akhir\n")


def test_a_second_run_over_the_merged_file_adds_nothing() -> None:
    merged = merge_into(WRITTEN, "city.yaml", proposed())
    again = propose_from_walks([CORE], WITHIN, parse_city(merged))
    assert merge_into(merged, "city.yaml", again) == merged


@pytest.mark.parametrize("links", ["", "links: []\n", "links:\n"])
def test_a_list_that_is_missing_or_empty_is_begun(links: str) -> None:
    text = "city: {name: K, watch_from: inti}\ndevices:\n- {name: inti, address: 10.0.0.1}\nuplinks:\n"
    text += "- {name: isp, device: inti, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}\n"
    merged = merge_into(text + links, "city.yaml", propose_from_walks([CORE], WITHIN, parse_city(text + links)))
    assert {link.name for link in parse_city(merged).links} == {
        "link-dinas-kesehatan",
        "link-dinas-sosial",
        "inti-ap-1",
    }


def test_a_list_in_one_pair_of_brackets_is_refused_with_its_line() -> None:
    text = WRITTEN.replace(
        "devices:\n    - name: inti\n      address: 10.0.0.1\n      snmp: lama\n",
        "devices: [{name: inti, address: 10.0.0.1, snmp: lama}]\n",
    )
    with pytest.raises(InventoryError, match=r"city.yaml line 5: devices is written in one pair of brackets"):
        merge_into(text, "city.yaml", proposed())


def test_a_file_that_is_no_yaml_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="not YAML"):
        merge_into("a: [", "city.yaml", proposed())
