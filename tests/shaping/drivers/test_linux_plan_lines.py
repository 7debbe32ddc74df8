"""What a plan says of the ground it stands on: leaf, size of frames, offloads - for a person, with what to do."""

from pathlib import Path

import pytest
from ledgers import CITY

from runtime import offloads
from shaping.drivers.base import Site
from shaping.drivers.linux import ground
from shaping.drivers.linux.probing import Probe

PROBE = Probe("fq_codel", {"cake": "ENOENT"})


def site(**shaping: int) -> Site:
    uplink = CITY.uplink("isp-utama")
    assert uplink.shaping is not None
    told = uplink.model_copy(update={"shaping": uplink.shaping.model_copy(update=shaping)})
    others = tuple(told if other.name == uplink.name else other for other in CITY.uplinks)
    return Site(CITY.model_copy(update={"uplinks": others}), "isp-utama", Path("/nowhere"))


def test_leaf_and_overhead_and_each_interface_have_their_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "offloads_of", {"wan": ("tso", "gro"), "lan": ()}.get)
    assert ground.lines(site(), PROBE) == (
        "queues: fq_codel below each class; not in this kernel: cake ENOENT",
        "rates are of frames without what the line adds; overhead_bytes: of the city file counts it",
        "lan: each frame is a frame: tso, gso, gro and lro are off",
        "wan: tso, gro on: up to 64 KiB come as one bundle; an office of 1 Mbit/s waits 0.5 s for one of its own;"
        " to have none: ethtool -K wan tso off gro off",
    )


def test_with_overhead_a_bundle_is_told_to_be_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "offloads_of", {"wan": ("gso",), "lan": None}.get)
    _, overhead, lan, wan = ground.lines(site(overhead_bytes=8, smallest_frame_bytes=64), PROBE)
    assert overhead == "rates are of the line: each frame counts +8 bytes, at least 64"
    assert lan == "lan: the interface does not say whether it bundles frames (ethtool -k lan)"
    assert "and overhead is counted once a bundle; to have none: ethtool -K wan gso off" in wan


def test_the_loopback_says_what_ethtool_says_and_an_interface_that_is_not_there_says_nothing() -> None:
    assert set(offloads.offloads_of("lo") or ()) <= {"tso", "gso", "gro", "lro"}
    assert offloads.offloads_of("not-there") is None
