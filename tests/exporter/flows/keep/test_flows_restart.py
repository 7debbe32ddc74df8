"""kill -9 and a restart: templates, rates and counters come back, the kept socket loses nothing, nothing goes back."""

import signal
import socket
import struct
import time
from pathlib import Path

from children import PATIENCE_SECONDS
from flow_packets import USUAL, a_set, ipfix, record, template
from flow_part import DINKES, NET, SAMPLER, FlowPartProcess
from ports import free_port


def test_after_kill_9_nothing_is_undecoded_and_the_kept_socket_lost_nothing(tmp_path: Path) -> None:
    data = a_set(256, record(USUAL, NET, DINKES, 10, 1))
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as kept,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as exporter,
    ):
        kept.bind(("127.0.0.1", 0))
        exporter.connect(kept.getsockname())
        part = FlowPartProcess(tmp_path, kept, free_port())
        try:
            exporter.send(ipfix(template(USUAL), SAMPLER, a_set(300, struct.pack("!II", 1, 7)), sequence=0))
            exporter.send(ipfix(data, sequence=1))
            part.await_bytes(70)
            part.await_template()
            part.child.send_signal(signal.SIGKILL)
            part.child.wait()
            for number in range(2, 12):
                exporter.send(ipfix(data, sequence=number))
            part = FlowPartProcess(tmp_path, kept, part.port)
            part.await_bytes(70 * 11)
            assert part.value("lebarpita_flow_undecoded_sets_total") == 0
            assert part.value("lebarpita_flow_lost_records_total") == 0
        finally:
            part.ends.close()


def test_killed_at_any_moment_no_counter_ever_goes_back_and_nothing_is_lost_unsaid(tmp_path: Path) -> None:
    """Killed in the middle of a stream, again and again: what was shown stands; sent = counted + told as lost."""
    usual, shown, sent = a_set(256, record(USUAL, NET, DINKES, 10, 1)), 0.0, 1
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as kept,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as exporter,
    ):
        kept.bind(("127.0.0.1", 0))
        exporter.connect(kept.getsockname())
        part = FlowPartProcess(tmp_path, kept, free_port())
        try:
            exporter.send(ipfix(template(USUAL), usual, sequence=0))
            part.await_bytes(10)
            part.await_template()
            for _ in range(3):
                for _ in range(300):
                    exporter.send(ipfix(usual, sequence=sent))
                    sent += 1
                    time.sleep(0.001)
                shown = part.value("lebarpita_flow_bytes_total")
                part.child.send_signal(signal.SIGKILL)
                part.child.wait()
                part = FlowPartProcess(tmp_path, kept, part.port)
                part.await_bytes_from(shown)
            exporter.send(ipfix(usual, sequence=sent))
            part.await_all(sent + 1)
        finally:
            part.ends.close()


def test_a_collector_that_smooths_and_is_ended_counts_what_waited_at_once_when_it_is_back(tmp_path: Path) -> None:
    timed, smooth = (*USUAL, (152, 8), (153, 8)), ", smooth_seconds: 300"
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as kept,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as exporter,
    ):
        kept.bind(("127.0.0.1", 0))
        exporter.connect(kept.getsockname())
        part = FlowPartProcess(tmp_path, kept, free_port(), smooth)
        try:
            exporter.send(ipfix(template(timed), a_set(256, record(timed, NET, DINKES, 3_000_000, 300, 0, 300_000))))
            part.await_bytes(3_000_000)
            assert part.value("lebarpita_opd_receive_bytes_total") < 1_500_000
            part.child.terminate()
            part.child.wait(PATIENCE_SECONDS)
            part = FlowPartProcess(tmp_path, kept, part.port, smooth)
            part.await_bytes(3_000_000)
            assert part.value("lebarpita_opd_receive_bytes_total") == 3_000_000
        finally:
            part.ends.close()
