"""Total counts (element 85): only of exporters declared so, as what is new of each flow."""

from pathlib import Path

from flow_packets import EXPORTER, SOURCE4, TARGET4, a_set, ipfix, new_collector, received, record, sent, template

from exporter.flows.account import total_counters
from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_datagram
from exporter.flows.keep.persistence import Persistence

NET, DINKES = "198.51.100.1", "10.10.1.2"
FIELDS = (SOURCE4, TARGET4, (7, 2), (85, 8), (86, 4))
STARTED = (*FIELDS, (152, 8))
DECLARED = ExporterSettings(total_counts=True)


def tell(collector: Collector, fields: tuple[tuple[int, ...], ...], *rows: tuple[int | str, ...]) -> int:
    content = b"".join(record(fields, NET, DINKES, *row) for row in rows)
    take_datagram(collector, ipfix(template(fields), a_set(256, content)), EXPORTER)
    return received(collector, "dinkes")


def test_only_what_is_new_of_a_flow_is_counted() -> None:
    collector = new_collector(DECLARED)
    assert tell(collector, FIELDS, (80, 100, 1), (81, 7, 1), (80, 150, 3)) == 157
    assert tell(collector, FIELDS, (80, 150, 3), (81, 10, 2)) == 160
    assert int(collector.totals.packets.sum()) == 5


def test_a_total_that_falls_is_a_new_flow() -> None:
    collector = new_collector(DECLARED)
    assert tell(collector, FIELDS, (80, 1000, 1), (80, 30, 1)) == 1030


def test_where_the_start_is_told_a_new_start_is_a_new_flow_and_a_fallen_total_is_late() -> None:
    collector = new_collector(DECLARED)
    assert tell(collector, STARTED, (80, 1000, 1, 5), (80, 900, 1, 5), (80, 1100, 1, 5), (80, 50, 1, 9)) == 1150


def test_an_exporter_not_declared_so_has_records_without_bytes() -> None:
    collector = new_collector(ExporterSettings())
    assert tell(collector, FIELDS, (80, 100, 1)) == 0
    assert (collector.totals.events, collector.exporters[EXPORTER].undeclared_totals) == (1, True)


def test_where_both_are_told_the_delta_counts() -> None:
    collector = new_collector(DECLARED)
    assert tell(collector, (*FIELDS, (1, 4)), (80, 1000, 1, 10), (80, 2000, 2, 0)) == 10


def test_reverse_totals_go_the_other_way() -> None:
    collector = new_collector(DECLARED)
    fields = (*FIELDS, (85, 8, 29305))
    assert tell(collector, fields, (80, 100, 1, 10), (80, 120, 2, 15)) == 120
    assert sent(collector, "dinkes") == 15


def test_a_flow_that_ended_begins_anew() -> None:
    collector = new_collector(DECLARED)
    assert tell(collector, (*FIELDS, (136, 1)), (80, 100, 1, 2), (80, 130, 1, 3), (80, 140, 1, 3)) == 270


def test_totals_are_kept_over_a_restart(tmp_path: Path) -> None:
    collector, again = new_collector(DECLARED), new_collector(DECLARED)
    tell(collector, FIELDS, (80, 100, 1))
    Persistence(collector, tmp_path).close()
    Persistence(again, tmp_path).load()
    assert tell(again, FIELDS, (80, 130, 2)) == 130


def test_after_kill_9_totals_that_are_older_than_the_counters_count_nothing_twice(tmp_path: Path) -> None:
    collector, again = new_collector(DECLARED), new_collector(DECLARED)
    memory = Persistence(collector, tmp_path)
    tell(collector, FIELDS, (80, 100, 1))
    memory.save(memory.state())
    tell(collector, FIELDS, (80, 130, 2))
    memory.keep()
    Persistence(again, tmp_path).load()
    assert tell(again, FIELDS, (80, 150, 3)) == 130
    assert tell(again, FIELDS, (80, 170, 4)) == 150


def test_the_table_of_flows_is_bounded_and_says_whom_it_forgot() -> None:
    collector = new_collector(DECLARED)
    for port in range(0, total_counters.MAX_FLOWS + 512, 512):
        tell(collector, FIELDS, *((one % 65536, 9, one) for one in range(port, port + 512)))
    table = collector.exporters[EXPORTER].total_counters
    other = record(FIELDS, NET, "10.10.2.2", 1, 1, 1)
    take_datagram(collector, ipfix(template(FIELDS), a_set(256, other)), EXPORTER)
    assert (len(table.last), table.evictions) == (total_counters.MAX_FLOWS, 1)
