"""``flows read``: captures of every kind and raw datagrams give the collector's own totals."""

import json
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flow_captures import LAYERS, ROUTER, block, ethernet, ip4, pcap, pcapng, section, udp
from flow_packets import USUAL, a_set, ipfix, record, template, v5
from tree import EXAMPLE_CITY

from exporter.cli import main
from exporter.flows.offline.captures import CaptureError
from exporter.flows.offline.report import CaptureStream, batches

CITY = str(EXAMPLE_CITY)
NET, DINKES = "198.51.100.1", "10.10.1.2"
TEMPLATE = ipfix(template(USUAL))
DATA = ipfix(a_set(256, record(USUAL, NET, DINKES, 1000, 2)))
KEYS = (
    "datagrams records packets bytes sampled opd unassigned_bytes events_without_bytes lost_records held_sets "
    "undecoded_sets refused_datagrams exporters problems"
)


def read(capsys: pytest.CaptureFixture[str], *paths: Path, code: int = 0, inventory: bool = True) -> dict[str, Any]:
    told = ["--inventory", CITY] if inventory else []
    assert main(["flows", "read", *map(str, paths), *told, "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def put(folder: Path, *contents: bytes) -> list[Path]:
    paths = [folder / f"{number}.bin" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("nano", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [pcap, pcapng])
def test_every_capture_format_and_link_layer_gives_the_same_totals(
    layer: str, nano: bool, order: str, kind: Callable[..., bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link, wrap = LAYERS[layer]
    content = kind([wrap(TEMPLATE), wrap(DATA)], link, order, nano)
    found = read(capsys, *put(tmp_path, content))
    assert (found["datagrams"], found["records"], found["bytes"], found["packets"]) == (2, 1, 1000, 2)
    assert found["opd"]["dinkes"] == {"receive_bytes": 1000, "transmit_bytes": 0}
    assert list(found["exporters"]) in ([ROUTER], ["2001:db8:ffff::1"])
    assert found["problems"] == []


def test_the_document_has_exactly_the_keys_it_promises(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = read(capsys, *put(tmp_path, TEMPLATE, DATA))
    assert list(found) == KEYS.split()
    assert found["sampled"] == {"packets": 2, "bytes": 1000}


def test_raw_datagrams_are_one_stream_of_one_exporter_in_the_order_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told, data = put(tmp_path, TEMPLATE, DATA)
    found = read(capsys, data, told, data)
    assert (found["datagrams"], found["records"], found["held_sets"], len(found["exporters"])) == (3, 2, 0, 1)


def test_without_an_inventory_there_are_totals_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = read(capsys, *put(tmp_path, TEMPLATE, DATA), inventory=False)
    assert (found["bytes"], found["unassigned_bytes"], found["opd"]) == (1000, 1000, {})


def test_two_senders_in_a_capture_do_not_share_templates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frames = [ethernet(ip4(udp(TEMPLATE))), ethernet(ip4(udp(DATA), source="192.0.2.7"))]
    found = read(capsys, *put(tmp_path, pcap(frames)))
    assert (found["records"], found["held_sets"]) == (0, 1)
    assert "192.0.2.7: 1 sets still wait for their template or rate" in found["problems"][0]


def test_a_captures_own_clock_says_how_long_data_waited(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frames = [ethernet(ip4(udp(packet))) for packet in (DATA, DATA, TEMPLATE)]
    soon = read(capsys, *put(tmp_path, pcap(frames, step=10)))
    assert (soon["records"], soon["undecoded_sets"]) == (2, 0)


def test_fragments_and_cut_frames_are_left_out_and_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = ethernet(ip4(udp(DATA)))
    frames = [ethernet(ip4(udp(TEMPLATE))), whole, ethernet(ip4(udp(DATA), fragment=0x2000)), whole[:-20]]
    found = read(capsys, *put(tmp_path, pcap([*frames, MACS_OF_ARP, ethernet(ip4(udp(DATA), protocol=6))])))
    assert (found["datagrams"], found["records"]) == (2, 1)
    assert [("IP fragments" in one, "cut short" in one) for one in found["problems"]] == [(True, False), (False, True)]


MACS_OF_ARP = bytes(12) + b"\x08\x06" + bytes(28)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (pcap([ethernet(ip4(udp(TEMPLATE)))])[:-5], "offset 40: a record ends after"),
        (pcap([])[:10], "offset 0: the pcap header ends after 10 of 24 bytes"),
        (pcap([]) + struct.pack("<IIII", 0, 0, 2**31, 2**31), "offset 24: a record of 2147483648 bytes"),
        (pcapng([b""])[:-1], "ends after"),
        (section() + struct.pack("<II", 6, 13), "offset 28: a block of length 13"),
        (section()[:8] + bytes(20), "is no byte order of pcapng"),
        (section() + block(6, bytes(20)), "offset 28: a block of type 6 makes no sense"),
        (pcap([b"x"], link=127), "offset 24: link type 127 is not read"),
        (bytes(70_000), "longer than a datagram"),
        (b"\x1f\x8b\x08\0" + bytes(40), "is a compressed file; unpack it first"),
    ],
)
def test_a_broken_file_is_named_with_its_offset_and_what_was_read_before_is_told(
    content: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = put(tmp_path, TEMPLATE, DATA, content)
    assert main(["flows", "read", *map(str, paths), "--json"]) == 1
    shown = capsys.readouterr()
    assert str(paths[2]) in shown.err and message in shown.err
    assert json.loads(shown.out)["bytes"] == 1000
    assert message in json.loads(shown.out)["problems"][0]


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "read", str(tmp_path / "none.pcap")]) == 1
    assert "none.pcap: cannot be read: No such file" in capsys.readouterr().err


def test_hostile_raw_files_are_refused_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = read(capsys, *put(tmp_path, b"", b"\0", b"hello", v5((NET, DINKES, 1, 10))[:-1]))
    assert (found["datagrams"], found["refused_datagrams"], found["bytes"]) == (4, 4, 0)


def test_every_message_of_an_ipfix_file_is_read_and_what_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, cut = TEMPLATE + DATA * 200, TEMPLATE + DATA + b"no message"
    for content, counts in (
        (whole, (201, 200, 200_000, 0)),
        (cut, (3, 1, 1000, 1)),
        (whole[:-5], (201, 199, 199_000, 1)),
    ):
        found = read(capsys, *put(tmp_path, content))
        names = ("datagrams", "records", "bytes", "refused_datagrams")
        assert tuple(found[name] for name in names) == counts


def test_the_table_says_the_same_as_the_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "read", *map(str, put(tmp_path, TEMPLATE, DATA)), "--inventory", CITY]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["bytes", "1000"] in lines and ["dinkes", "1000", "0"] in lines


def test_tcpdump_agrees_that_these_are_captures(tmp_path: Path) -> None:
    (path,) = put(tmp_path, pcapng([ethernet(ip4(udp(TEMPLATE)))], nano=True))
    shown = subprocess.run(["tcpdump", "-nr", path], capture_output=True, text=True, check=True).stdout
    assert f"{ROUTER}.50000 > 10.99.0.5.2055: UDP, length {len(TEMPLATE)}" in shown


def test_every_record_is_shown_in_the_document_and_as_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [*map(str, put(tmp_path, TEMPLATE, DATA, v5((DINKES, NET, 1, 10), sampling=5))), "--inventory", CITY]
    assert main(["flows", "read", *paths, "--records", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["flows", *KEYS.split()]
    assert [(row["source"], row["target_opd"], row["bytes"], row["sampling"]) for row in found["flows"]] == [
        (NET, "dinkes", 1000, 1),
        (DINKES, None, 50, 5),
    ]
    assert main(["flows", "read", *paths, "--records"]) == 0
    assert f"{NET}:- (-) > {DINKES}:- (dinkes) 1000 bytes, 2 packets" in capsys.readouterr().out


def test_office_to_office_that_no_exporter_may_count_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = ethernet(ip4(udp(v5((DINKES, "10.10.5.2", 1, 900))), source="192.0.2.7"))
    found = read(capsys, *put(tmp_path, pcap([inside])))
    assert (found["bytes"], found["unassigned_bytes"]) == (900, 0)
    assert "900 bytes from OPD to OPD are counted for none" in found["problems"][0]


def test_what_was_read_in_the_batch_before_a_broken_file_is_counted_and_time_divides_batches(tmp_path: Path) -> None:
    rows = [ethernet(ip4(udp(bytes([number])))) for number in range(5)]
    slow, fast, broken = put(tmp_path, pcap(rows), pcap(rows, step=0), pcap(rows, step=0)[:-1])
    assert [len(batch) for batch in batches([slow, fast], CaptureStream())] == [1, 1, 1, 1, 1, 5]
    assert [len(batch) for batch in batches([fast], CaptureStream(), most=2)] == [2, 2, 1]
    found = batches([broken], CaptureStream())
    assert len(next(found)) == 4
    with pytest.raises(CaptureError):
        next(found)


def test_a_reader_that_has_gone_is_no_traceback(tmp_path: Path) -> None:
    paths = " ".join(map(str, put(tmp_path, TEMPLATE, *[DATA] * 300)))
    command = f"{sys.executable} -m exporter.cli flows read {paths} --records --json | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ('{"flows": [\n', "")


def test_pcapng_of_several_sections_interfaces_and_kinds_of_blocks_is_one_stream(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told, data = ethernet(ip4(udp(TEMPLATE))), ip4(udp(DATA))
    size = len(data)
    content = b"".join(
        (
            section(">"),
            block(1, struct.pack(">HHI", 1, 0, 0), ">"),
            block(1, struct.pack(">HHI", 101, 0, 0), ">"),
            block(5, bytes(12), ">"),
            block(6, struct.pack(">IIIII", 0, 0, 0, len(told), len(told)) + told, ">"),
            block(6, struct.pack(">IIIII", 1, 0, 1, size, size) + data, ">"),
            block(2, struct.pack(">HHIIII", 1, 0, 0, 2, size, size) + data, ">"),
            section("<"),
            block(1, struct.pack("<HHI", 101, 0, 0)),
            block(0x0BAD, b"its own"),
            block(3, struct.pack("<I", size) + data),
        )
    )
    found = read(capsys, *put(tmp_path, content))
    assert (found["datagrams"], found["records"], found["bytes"], found["problems"]) == (4, 3, 3000, [])
