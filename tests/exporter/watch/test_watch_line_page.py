"""The pages of the lines: loss, round trips and their histogram, read back as Prometheus reads them."""

import math
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from tree import EXAMPLE_CITY
from watch_scene import WatchScene

from exporter.config import WatchPart
from exporter.watch.decide import watched
from exporter.watch.line_page import line_page
from exporter.watch.pages import written
from exporter.watch.trap_polls import TrapPolls
from exporter.watch.traps import Traps
from inventory.reading import read_city

RSUD = {"link": "timur-rsud", "opd": "rsud"}
Read = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read(made: WatchScene) -> Read:
    families = text_string_to_metric_families(line_page(made.watch).decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def value(samples: Read, name: str, **labels: str) -> float:
    return samples[f"lebarpita_{name}", tuple(sorted({**RSUD, **labels}.items()))]


def test_a_page_says_loss_and_round_trip_of_each_node_over_each_window(tmp_path: Path) -> None:
    with WatchScene(watched(read_city(EXAMPLE_CITY)), tmp_path) as made:
        made.network.delay["timur-rsud"] = 0.018
        made.run(100)
        made.network.loss["timur-rsud"] = 0.3
        made.run(100)
        samples = read(made)
    assert 0.15 < value(samples, "probe_loss_ratio", window="1m") < 0.45
    assert 0.07 < value(samples, "probe_loss_ratio", window="5m") < 0.25
    for window in ("1m", "5m", "1h"):
        assert 0.018 < value(samples, "round_trip_quantile_seconds", window=window, quantile="0.5") < 0.022
        assert value(samples, "round_trip_jitter_seconds", window=window) < 0.001
    assert value(samples, "reachable") in (0, 1) and value(samples, "probe_lost_total") > 10


def test_the_histogram_is_one_by_prometheus_rules(tmp_path: Path) -> None:
    with WatchScene(watched(read_city(EXAMPLE_CITY)), tmp_path) as made:
        made.run(60)
        samples = read(made)
    buckets = {
        float(dict(labels)["le"]): count
        for (name, labels), count in samples.items()
        if name.endswith("histogram_seconds_bucket") and dict(labels)["link"] == "timur-rsud"
    }
    counts = [buckets[bound] for bound in sorted(buckets)]
    assert counts == sorted(counts) and math.inf in buckets
    assert counts[-1] == value(samples, "round_trip_histogram_seconds_count") >= 118
    assert 0 < value(samples, "round_trip_histogram_seconds_sum") < 1


async def never(device: str) -> bool:
    return False


def test_the_page_says_what_stands_above_each_branch_up_to_the_device_the_watch_stands_at(tmp_path: Path) -> None:
    city = read_city(EXAMPLE_CITY)
    with WatchScene(watched(city), tmp_path) as made:
        traps, polls = Traps(city, WatchPart(), lambda _: None), TrapPolls(lambda: None, never)
        families = text_string_to_metric_families(written(made.watch, polls, traps).decode())
        samples = [s for family in families for s in family.samples if s.name == "lebarpita_link_parent_info"]
        nodes = made.watch.nodes
    above = {s.labels["link"]: s.labels["parent"] for s in samples}
    assert above == {node.name: node.parent for node in nodes.values() if node.parent is not None}
    (root,) = {name for name in above.values() if name not in above}
    assert nodes[root].parent is None


def test_the_page_says_at_which_link_delay_begins(tmp_path: Path) -> None:
    city = read_city(EXAMPLE_CITY)
    with WatchScene(watched(city), tmp_path) as made:
        made.network.delay |= {"agg-timur": 0.4, "selatan-bappeda": 0.6}
        made.run(120)
        traps, polls = Traps(city, WatchPart(), lambda _: None), TrapPolls(lambda: None, never)
        pages = written(made.watch, polls, traps)
        assert made.outages() == [] and made.watch.ill == {}
    families = text_string_to_metric_families(pages.decode())
    begun = {s.labels["link"]: s.value for f in families for s in f.samples if s.name == "lebarpita_link_delay_seconds"}
    slow = {link: seconds for link, seconds in begun.items() if seconds > 0.3}
    assert slow.keys() == {"agg-timur", "selatan-bappeda"}
    assert 0.36 < slow["agg-timur"] < 0.45 and 0.54 < slow["selatan-bappeda"] < 0.66
