"""Real exporters of flows side by side on one router: the same transfer through each, read by the collector's code.

pmacctd speaks NetFlow v5, v9, IPFIX and sFlow v5, softflowd NetFlow v5, v9 and IPFIX. What they tell is decoded as
``flows read`` does and compared with the kernel's own count of IP bytes.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flow_exporters import NOC, counted, listening, read_files, until_calm
from iperf import transfer

from lab.client import Lab

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]

SERVER, OFFICE, PREFIX = "198.51.100.1", "10.10.1.2", "10.10.1.0/24"
PMACCTD = """\
daemonize: false
pcap_interface: wan
pcap_ifindex: sys
promisc: false
snaplen: 128
plugins: {plugin}[x]
plugin_pipe_size: 16384000
aggregate[x]: src_host, dst_host, src_port, dst_port, proto, tos, in_iface, out_iface
"""
NFPROBE = """\
nfprobe_receiver[x]: {sink}
nfprobe_source_ip[x]: 10.255.0.1
nfprobe_version[x]: {version}
nfprobe_timeouts[x]: tcp=2:tcp.rst=2:tcp.fin=2:udp=2:icmp=2:general=2:maxlife=30:expint=1
"""
SFPROBE = """\
sfprobe_receiver[x]: {sink}
sfprobe_agentip[x]: 10.255.0.1
sampling_rate: 1
"""
TIMERS = [
    word for timer in ("maxlife=30", "general=2", "tcp=2", "tcp.fin=2", "udp=2", "expint=1") for word in ("-t", timer)
]
KINDS = {
    "pmacctd-v5": 2101,
    "pmacctd-v9": 2102,
    "pmacctd-ipfix": 2103,
    "pmacctd-sflow": 2104,
    "softflowd-v5": 2105,
    "softflowd-v9": 2106,
    "softflowd-ipfix": 2107,
    "pmacctd-v5-sampled": 2108,
    "pmacctd-v9-sampled": 2109,
    "pmacctd-ipfix-sampled": 2110,
}
RATE = 4
VERSIONS = {"v5": 5, "v9": 9, "ipfix": 10}
COUNTERS = f"""table inet real {{
  counter receive {{ }}
  counter transmit {{ }}
  chain in {{ type filter hook prerouting priority -300; iifname "wan" ip daddr {PREFIX} counter name receive; }}
  chain out {{ type filter hook postrouting priority 300; oifname "wan" ip saddr {PREFIX} counter name transmit; }}
}}
"""


def command(kind: str, folder: Path) -> list[str]:
    program, version, *sampled = kind.split("-")
    sink = f"{NOC}:{KINDS[kind]}"
    if program == "softflowd":
        place = folder / kind
        return [
            "softflowd",
            "-d",
            "-i",
            "wan",
            "-v",
            str(VERSIONS[version]),
            "-n",
            sink,
            *TIMERS,
            "-p",
            f"{place}.pid",
            "-c",
            f"{place}.ctl",
        ]
    text = PMACCTD.format(plugin="sfprobe" if version == "sflow" else "nfprobe")
    text += SFPROBE.format(sink=sink) if version == "sflow" else NFPROBE.format(sink=sink, version=VERSIONS[version])
    (folder / f"{kind}.conf").write_text(text + (f"sampling_rate: {RATE}\n" if sampled else ""))
    return ["pmacctd", "-f", str(folder / f"{kind}.conf")]


@pytest.fixture(scope="module")
def told(_bare_lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, int]]]:
    """The datagrams of every exporter as files, and what the kernel counted."""
    lab, folder = _bare_lab, tmp_path_factory.mktemp("told")
    with ExitStack() as stack:
        stack.enter_context(listening(lab, folder, KINDS))
        for kind in KINDS:
            stack.enter_context(lab.running("core", *command(kind, folder)))
        stack.enter_context(lab.running("isp", "iperf3", "-s", "-p", "5602", "-B", SERVER))
        time.sleep(3)
        lab.run("core", "nft", "-f", "-", stdin=COUNTERS)
        for way in ([], ["-R"]):
            transfer(lab, "dinkes", SERVER, "5602", OFFICE, "-n", "1M", "-b", "20M", *way)
        until_calm(folder, 5)
        for kind in KINDS:
            if kind.startswith("softflowd"):
                lab.run("core", "softflowctl", "-c", f"{folder / kind}.ctl", "expire-all")
        until_calm(folder, 2)
        for kind in KINDS:
            if kind.startswith("softflowd"):
                own = lab.run("core", "softflowctl", "-c", f"{folder / kind}.ctl", "statistics").stdout
                (folder / f"{kind}.statistics").write_text(own)
        kernel = counted(lab, "core", "real")
        lab.run("core", "nft", "delete", "table", "inet", "real")
    yield folder, kernel


@pytest.fixture(scope="module")
def kernel(told: tuple[Path, dict[str, int]]) -> dict[str, int]:
    return told[1]


@pytest.fixture
def read(told: tuple[Path, dict[str, int]], capsys: pytest.CaptureFixture[str]) -> Callable[[str], dict[str, int]]:
    """What an exporter told of the office, nothing undecoded. softflowd at times leaves gaps in IPFIX numbers."""

    def reading(kind: str) -> dict[str, int]:
        found = read_files(told[0], kind, capsys)
        assert found["undecoded_sets"] == 0
        assert kind.startswith("softflowd") or (found["lost_records"], found["problems"]) == (0, [])
        ways = found["opd"]["dinkes"]
        return {"receive": ways["receive_bytes"], "transmit": ways["transmit_bytes"]}

    return reading


@pytest.mark.parametrize("kind", ["pmacctd-v5", "pmacctd-v9", "pmacctd-ipfix"])
def test_pmacctds_bytes_are_the_kernels_in_every_version(
    kind: str, read: Callable[[str], dict[str, int]], kernel: dict[str, int]
) -> None:
    assert kernel["receive"] > 1_000_000 and kernel["transmit"] > 1_000_000
    assert read(kind) == kernel


def test_pmacctds_sflow_of_every_packet_is_the_kernels_but_for_a_sample_that_still_waits(
    read: Callable[[str], dict[str, int]], kernel: dict[str, int]
) -> None:
    sampled = read("pmacctd-sflow")
    assert all(0.999 * kernel[way] < sampled[way] <= kernel[way] for way in kernel)


@pytest.mark.parametrize("kind", ["softflowd-v5", "softflowd-v9", "softflowd-ipfix"])
def test_every_record_that_softflowd_says_it_exported_is_read_and_no_byte_more_than_passed(
    kind: str,
    told: tuple[Path, dict[str, int]],
    read: Callable[[str], dict[str, int]],
    kernel: dict[str, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """softflowd 1.1 leaves the last packets in libpcap's buffer, so that its own bytes are fewer than passed."""
    ways = read(kind)
    assert all(0 < ways[way] <= kernel[way] for way in kernel)
    own = re.search(r"Flows exported: \d+ \((\d+) records\)", (told[0] / f"{kind}.statistics").read_text())
    assert own is not None and read_files(told[0], kind, capsys)["records"] == int(own[1])


@pytest.mark.parametrize("version", VERSIONS)
def test_the_rate_that_a_sampling_exporter_tells_counts_without_a_word_in_the_city_file(
    version: str, told: tuple[Path, dict[str, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    found = read_files(told[0], f"pmacctd-{version}-sampled", capsys)
    assert found["sampled"]["bytes"] > 100_000
    assert found["bytes"] == RATE * found["sampled"]["bytes"]
    assert (found["undecoded_sets"], found["problems"]) == (0, [])
