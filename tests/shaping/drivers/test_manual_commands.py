"""The commands for each family of devices, as a technician would type them; figures where the family is not known."""

from ipaddress import ip_network

import pytest

from shaping.drivers.manual.commands import FAMILIES, Sides, Work, commands, knows
from shaping.queues import Queue

OLD: Sides = {
    "receive": Queue("dinkes", "receive", 625_000, 2_500_000),
    "transmit": Queue("dinkes", "transmit", 125_000, 1_250_000),
}
NEW: Sides = {
    "receive": Queue("dinkes", "receive", 1_250_000, 6_250_000),
    "transmit": Queue("dinkes", "transmit", 250_000, 2_500_000),
}


def work(kind: str, before: Sides, after: Sides) -> Work:
    return Work(
        opd="dinkes",
        kind=kind,
        device="core",
        prefixes=(ip_network("10.10.1.0/24"), ip_network("2001:db8:1::/48")),
        places={"receive": "lan", "transmit": "wan"},
        before=before,
        after=after,
    )


TARGETS = "10.10.1.0/24,2001:db8:1::/48"
PAIRS = "limit-at=2000000/10000000 max-limit=20000000/50000000"


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ({}, NEW, f'/queue simple add name="lebarpita-dinkes" target={TARGETS} {PAIRS} comment="lebarpita"'),
        (OLD, NEW, f'/queue simple set [find name="lebarpita-dinkes"] target={TARGETS} {PAIRS}'),
        (OLD, {}, '/queue simple remove [find name="lebarpita-dinkes"]'),
    ],
)
def test_routeros_gets_one_simple_queue_with_upload_before_download(before: Sides, after: Sides, line: str) -> None:
    assert commands(work("routeros", before, after)) == (line,)


def test_linux_gets_tc_with_the_class_left_to_the_technician() -> None:
    note, receive, transmit = commands(work("linux", OLD, NEW))
    assert "CLASS: the class of dinkes" in note
    assert receive == "tc class replace dev lan parent 1: classid 1:CLASS htb rate 10000000bit ceil 50000000bit"
    assert transmit == "tc class replace dev wan parent 1: classid 1:CLASS htb rate 2000000bit ceil 20000000bit"
    assert commands(work("linux", OLD, {}))[1:] == (
        "tc class del dev lan classid 1:CLASS",
        "tc class del dev wan classid 1:CLASS",
    )


def test_cisco_gets_a_guarantee_in_kbit_and_a_policer_in_bit() -> None:
    lines = commands(work("cisco", OLD, NEW))
    assert lines[:4] == (
        f"! class dinkes matches {TARGETS}",
        "policy-map lebarpita-receive  ! service-policy output on lan",
        " class dinkes",
        "  bandwidth 10000",
    )
    assert lines[4] == "  police cir 50000000 conform-action transmit exceed-action drop"
    assert " no class dinkes" in commands(work("cisco", OLD, {}))


@pytest.mark.parametrize("kind", ["router", "switch"])
def test_an_unknown_family_gets_figures_and_no_command(kind: str) -> None:
    assert not knows(kind)
    receive, transmit = commands(work(kind, {}, NEW))
    where = f"core lan: dinkes ({TARGETS}) receive"
    assert receive == f"{where}: guarantee 10 Mbit/s (10000000 bit/s) and at most 50 Mbit/s (50000000 bit/s)"
    assert transmit.startswith(f"core wan: dinkes ({TARGETS}) transmit: ")
    assert commands(work(kind, OLD, {}))[0] == f"{where}: remove its limit"


@pytest.mark.parametrize("kind", sorted(FAMILIES))
def test_every_family_names_the_office_and_every_rate(kind: str) -> None:
    text = "\n".join(commands(work(kind, {}, NEW)))
    assert "dinkes" in text and TARGETS in text
    assert all(number in text for number in ("50000000", "20000000"))
