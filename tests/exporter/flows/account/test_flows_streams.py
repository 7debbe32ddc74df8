"""Streams of one address: told apart by socket where they contradict, begun anew after a reboot, copies counted once.

Every kind is read as a person would read it (``flows read``, captures) and sent to the collector in batches.
"""

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flow_captures import ip4, pcap
from flow_packets import BYTES, EXPORTER, PACKETS, SOURCE4, TARGET4, USUAL, a_set, new_collector, record, sent, template
from tree import EXAMPLE_CITY

from exporter.cli import main
from exporter.flows.account.collector import Collector
from exporter.flows.account.copies import RecentDatagrams
from exporter.flows.account.pipeline import finish, take_datagram, take_from_network
from exporter.flows.decode.batches import batch_of
from exporter.flows.keep import exporter_state

pytestmark = pytest.mark.usefixtures("both_ways")

RAW_IP, OFFICE, NET = 101, "10.10.1.2", "198.51.100.1"
TURNED = (TARGET4, SOURCE4, PACKETS, BYTES)
VERSIONS = (9, 10)


class Sent(NamedTuple):
    """A datagram of the tests: when, from which port, and its bytes."""

    at: float
    port: int
    data: bytes


def datagram(version: int, *sets: bytes, sequence: int, stamp: int = 90_000_000, domain: int = 1) -> bytes:
    body = b"".join(sets)
    if version == 9:
        return struct.pack("!HHIIII", 9, len(sets), stamp, 1_795_000_000, sequence, domain) + body
    return struct.pack("!HHIII", 10, 16 + len(body), 1_795_000_000, sequence, domain) + body


def told(version: int, fields: Sequence[tuple[int, int]], number: int = 256) -> bytes:
    return template(fields, number, ipfix=version == 10)


def usual(number: int = 256, size: int = 1000) -> bytes:
    return a_set(number, record(USUAL, OFFICE, NET, size, 1))


def turned(number: int = 256, size: int = 1000) -> bytes:
    return a_set(number, record(TURNED, NET, OFFICE, 1, size))


def read(folder: Path, capsys: pytest.CaptureFixture[str], *files: Sequence[Sent]) -> dict[str, Any]:
    """What ``flows read`` says of captures of those datagrams."""
    paths = []
    for place, rows in enumerate(files):
        paths.append(folder / f"{place}.pcap")
        frames = [ip4(struct.pack("!HHHH", row.port, 2055, 8 + len(row.data), 0) + row.data) for row in rows]
        head, *rest = (pcap([frame], RAW_IP)[24:] for frame in frames)
        stamped = (
            struct.pack("<II", 1_795_000_000 + int(row.at), round(row.at % 1 * 1e6)) + frame[8:]
            for row, frame in zip(rows, (head, *rest), strict=True)
        )
        paths[-1].write_bytes(pcap([], RAW_IP) + b"".join(stamped))
    assert main(["flows", "read", *map(str, paths), "--inventory", str(EXAMPLE_CITY), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def counted(rows: Sequence[Sent], size: int) -> Collector:
    """A collector that got them from the network in batches of ``size``, on their own clock."""
    now = [0.0]
    collector = new_collector()
    collector.clock = lambda: now[0]
    recent = RecentDatagrams()
    start = 0
    while start < len(rows):
        # What comes after a silence is of a later batch: the receiver never waits for more.
        part = [row for row in rows[start : start + size] if row.at - rows[start].at < 5]
        start += len(part)
        now[0] = part[-1].at
        take_from_network(collector, recent, batch_of([(row.data, EXPORTER, row.port) for row in part]), now[0])
    finish(collector)
    return collector


def check(
    rows: Sequence[Sent], size: int, folder: Path, capsys: pytest.CaptureFixture[str], *, copies: int = 0
) -> dict[str, Any]:
    """The same bytes however it comes: as one file, as two, one by one, in batches of any size."""
    half = len(rows) // 2
    reports = [read(folder, capsys, rows), read(folder, capsys, rows[:half], rows[half:])]
    for found in reports:
        row = found["opd"]["dinkes"]
        assert (found["bytes"], row["transmit_bytes"], found["undecoded_sets"]) == (size, size, 0)
        assert sum(each["duplicate_datagrams"] for each in found["exporters"].values()) == copies
    for number in (1, 3, len(rows)):
        collector = counted(rows, number)
        assert (collector.totals.through, sent(collector, "dinkes")) == (size, size), number
        assert collector.exporters[EXPORTER].copies == copies
    return reports[0]


def two(version: int, order: str) -> list[Sent]:
    """Two exporters behind one address; ``order``: whose template (A, B) and data (a, b) come one after the other."""
    ports, sequence, rows = {"a": 5001, "b": 6001}, {"a": 1, "b": 70_000}, []
    fields, data = {"a": USUAL, "b": TURNED}, {"a": usual(), "b": turned()}
    for place, letter in enumerate(order):
        who = letter.lower()
        content = told(version, fields[who]) if letter.isupper() else data[who]
        rows.append(Sent(place, ports[who], datagram(version, content, sequence=sequence[who])))
        sequence[who] += 1 if version == 9 or letter.islower() else 0
    return rows


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("order", ["ABababab", "AaBbab", "BAbababa", "AaabBbaab", "abABab", "AabbbBba", "ABabABbaab"])
def test_two_exporters_behind_one_address_are_decoded_each_by_its_own_template(
    version: int, order: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = check(two(version, order), 1000 * sum(letter.islower() for letter in order), tmp_path, capsys)
    assert "told apart by their UDP ports (5001, 6001)" in " ".join(found["problems"])
    assert found["lost_records"] == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_two_exporters_whose_numbers_follow_each_other_are_told_apart_by_their_templates(
    version: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        Sent(0, 5001, datagram(version, told(version, USUAL), told(version, USUAL, 257), sequence=1)),
        Sent(1, 6001, datagram(version, told(version, TURNED), told(version, TURNED, 258), sequence=2)),
        *(Sent(2 + n, 5001, datagram(version, usual(), usual(257), sequence=2 + n)) for n in range(3)),
        *(Sent(5 + n, 6001, datagram(version, turned(), turned(258), sequence=3 + n)) for n in range(3)),
    ]
    check(rows, 12_000, tmp_path, capsys)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_exporter_of_many_ports_that_numbers_its_datagrams_together_is_one(
    version: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [Sent(0, 5000, datagram(version, told(version, USUAL), sequence=1))]
    step = version == 9
    rows += [Sent(1 + n, 5000 + n % 4, datagram(version, usual(), sequence=1 + step + n)) for n in range(12)]
    assert check(rows, 12_000, tmp_path, capsys)["problems"] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_an_exporter_whose_port_nat_changed_goes_on_with_its_template(
    version: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [Sent(0, 5000, datagram(version, told(version, USUAL), sequence=1))]
    rows += [Sent(1 + n, 5000 + n // 3, datagram(version, usual(), sequence=40_000 + n)) for n in range(9)]
    assert check(rows, 9_000, tmp_path, capsys)["held_sets"] == 0


def reboot(
    version: int, *, again: Sequence[tuple[int, int]] | None, together: bool = False, last: int = 9000
) -> list[Sent]:
    """An exporter that begins anew with data by the template ``again`` (None: none comes), which comes after it."""
    fields = again or USUAL
    data = turned() if fields == TURNED else usual()
    rows = [
        Sent(0, 5001, datagram(version, told(version, USUAL), sequence=last)),
        Sent(1, 5001, datagram(version, usual(), sequence=last + (version == 9), stamp=90_001_000)),
        Sent(60, 5001, datagram(version, data, sequence=0, stamp=5_000)),
    ]
    news = (told(version, again), data) if again and together else (told(version, again),) if again else (data,)
    rows.append(Sent(61, 5001, datagram(version, *news, sequence=1, stamp=6_000)))
    next_number = 2 if version == 9 or together or not again else 1
    return [*rows, Sent(62, 5001, datagram(version, data, sequence=next_number, stamp=7_000))]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("last", [40, 9000, 3_000_000_000])
@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("fields", [USUAL, TURNED])
def test_data_after_a_reboot_waits_for_the_template_of_after_it(
    version: int,
    last: int,
    together: bool,
    fields: Sequence[tuple[int, int]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = reboot(version, again=fields, together=together, last=last)
    found = check(rows, 4000 if together else 3000, tmp_path, capsys)
    assert (found["lost_records"], found["problems"]) == (0, [])


@pytest.mark.parametrize("version", VERSIONS)
def test_where_no_template_comes_after_a_reboot_that_of_before_decodes_and_it_is_told(
    version: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = check(reboot(version, again=None), 4000, tmp_path, capsys)
    assert "3 sets were decoded by a template of before it began anew" in " ".join(found["problems"])


def test_after_half_a_minute_the_template_of_before_holds_without_waiting() -> None:
    now, collector = [0.0], new_collector()
    collector.clock = lambda: now[0]
    for row in reboot(9, again=None):
        now[0] = row.at
        take_datagram(collector, row.data, EXPORTER, row.port)
    assert sent(collector, "dinkes") == 1000
    for second, size in ((100.0, 5000), (101.0, 6000)):
        now[0] = second
        take_datagram(collector, datagram(9, usual(), sequence=3, stamp=46_000), EXPORTER, 5001)
        assert sent(collector, "dinkes") == size


@pytest.mark.parametrize("version", VERSIONS)
def test_what_has_no_place_to_wait_after_a_reboot_is_decoded_at_once(
    version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporter.flows.account.pending_sets.MAX_RATELESS_BYTES", 1)
    collector = counted(reboot(version, again=None), 1)
    assert (sent(collector, "dinkes"), collector.exporters[EXPORTER].untold) == (4000, 1)


def test_a_reboot_while_the_collector_was_down_is_seen_too() -> None:
    rows = reboot(9, again=TURNED)
    before, after = new_collector(), new_collector()
    for row in rows[:2]:
        take_datagram(before, row.data, EXPORTER, row.port)
    exporter = exporter_state._exporter_from(EXPORTER, exporter_state._exporter(before.exporters[EXPORTER]))
    after.exporters[EXPORTER] = exporter
    for row in rows[2:]:
        take_datagram(after, row.data, EXPORTER, row.port)
    assert sent(after, "dinkes") == 2000


@pytest.mark.parametrize("stamps", [(1_000, 90_000_000, 500), (90_000_000, 1_000, 500), (90_000_000, 500, 1_000)])
@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_stream_begins_anew_by_the_datagram_right_before_also_where_that_one_is_odd(
    stamps: tuple[int, int, int], size: int
) -> None:
    """In a batch an odd datagram (here of a set whose template never came) stands between two usual ones."""
    contents = ((usual(), 20), (a_set(300, bytes(8)), 19), (usual(), 18))
    rows = [Sent(0.0, 5001, datagram(9, told(9, USUAL), sequence=19, stamp=900))]
    for (content, sequence), stamp in zip(contents, stamps, strict=True):
        rows.append(Sent(0.0, 5001, datagram(9, content, sequence=sequence, stamp=stamp)))
    domains = [next(iter(counted(rows, each).exporters[EXPORTER].domains.values())) for each in (1, size)]
    one, many = ((domain.sequence.restarts, domain.sequence.lost, domain.head) for domain in domains)
    assert many == one and one[0] == 1


def test_sockets_told_apart_stay_so_over_a_restart() -> None:
    before, after = new_collector(), new_collector()
    for row in two(9, "ABab"):
        take_datagram(before, row.data, EXPORTER, row.port)
    state = json.loads(json.dumps(exporter_state._exporter(before.exporters[EXPORTER])))
    after.exporters[EXPORTER] = exporter_state._exporter_from(EXPORTER, state)
    for row in two(9, "ababab"):
        take_datagram(after, row.data, EXPORTER, row.port)
    assert sent(after, "dinkes") == 6000


def test_line_cards_that_count_each_for_themselves_do_not_wait_for_ever(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [Sent(0, 5001, datagram(9, told(9, USUAL), sequence=1))]
    for place in range(20):
        stamp, sequence = ((90_000_000, 900_000), (5_000, 10))[place % 2]
        rows.append(Sent(1 + place / 10, 5001, datagram(9, usual(), sequence=sequence + place, stamp=stamp + place)))
    check(rows, 20_000, tmp_path, capsys)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("port", [5001, 5002])
def test_a_datagram_delivered_twice_counts_once_and_is_told(
    version: int, port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = 2 if version == 9 else 1
    rows = [Sent(0, 5001, datagram(version, told(version, USUAL), sequence=1))]
    for place in range(3):
        data = datagram(version, usual(), sequence=first + place)
        rows += [Sent(1 + place, 5001, data), Sent(1.01 + place, port, data)]
    found = check(rows, 3000, tmp_path, capsys, copies=3)
    assert "3 datagrams came twice and count once" in " ".join(found["problems"])
    assert found["lost_records"] == 0
