"""The outage journal outlives kill -9, torn lines, garbage and a full disk; the alert's labels are the rule's."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tree import EXAMPLE_CITY

from alert_rules import RULES
from exporter.watch.journal import Journal
from exporter.watch.outages import Outage, alert, listed, since
from exporter.watch.serving import called
from inventory.reading import read_city

FIRST = Outage("agg-timur", "link", 1000.0, ("rsud", "dishub"), "link_down")


def reloaded(path: Path) -> Journal:
    journal = Journal(path)
    journal.load()
    return journal


def test_an_open_outage_goes_on_under_its_own_identity(tmp_path: Path) -> None:
    Journal(tmp_path / "o.jsonl").write(FIRST)
    assert reloaded(tmp_path / "o.jsonl").open() == [FIRST]
    assert FIRST.identity == "agg-timur@1000.000"


def test_the_last_line_of_an_outage_counts(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "o.jsonl")
    journal.write(FIRST)
    journal.write(FIRST.ended(1060.0))
    assert reloaded(tmp_path / "o.jsonl").open() == []
    assert listed(next(iter(reloaded(tmp_path / "o.jsonl").outages.values())))["ended_at"] == 1060.0


def test_a_torn_last_line_is_passed_over_and_the_next_line_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    Journal(path).write(FIRST)
    path.write_bytes(path.read_bytes() + b'{"id":"half')
    journal = reloaded(path)
    journal.write(FIRST.ended(1100.0))
    assert [outage.ended_at for outage in reloaded(path).outages.values()] == [1100.0]


def test_a_file_of_garbage_is_set_aside_not_deleted(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    path.write_bytes(b"not json\nat all\n")
    journal = reloaded(path)
    journal.write(FIRST)
    assert journal.failures == 1
    assert [p.read_bytes() for p in tmp_path.glob("*.unreadable-*")] == [b"not json\nat all\n"]


def test_a_disk_that_cannot_be_written_is_counted_and_paging_goes_on() -> None:
    journal = Journal(Path("/dev/full"))
    journal.write(FIRST)
    assert journal.failures == 1
    assert journal.open() == [FIRST]


def test_since_lists_what_was_open_at_or_after_the_moment() -> None:
    ended = FIRST.ended(1060.0)
    assert since([ended], 1060.0) == [ended]
    assert since([ended], 1061.0) == []


def test_the_watchs_alert_has_the_rules_labels_to_the_letter() -> None:
    groups = YAML(typ="safe").load((RULES / "outage.yml").read_text())["groups"]
    rules = {rule.get("alert") or rule["record"]: rule for group in groups for rule in group["rules"]}
    rule, known = rules["LebarpitaOutage"], rules["outage:last_known"]["expr"]
    labels = alert(FIRST, 2000.0, "https://x")["labels"]
    assert labels == {"alertname": "LebarpitaOutage", "root": "agg-timur", "kind": "link", **rule["labels"]}
    assert rule["expr"].strip() == "max by (root, kind) (outage:last_known) == 1"
    assert known.startswith("max by (root, kind) (lebarpita_outage) == 1\n")


def test_of_the_root_router_only_what_can_be_known_from_here_is_said() -> None:
    """A switch without an address between monitor and core looks like the core itself."""
    of_root = alert(Outage("core", "device", 1000.0, ("rsud",), "device_down"), 2000.0, "https://x")
    assert "di antaranya; dari sini keduanya tampak sama" in of_root["annotations"]["description"]
    assert "di antaranya" not in alert(FIRST, 2000.0, "https://x")["annotations"]["description"]


@pytest.mark.parametrize("ended", [None, 1060.0])
def test_the_alert_says_when_it_began_and_how_long_it_is_to_be_believed(ended: float | None) -> None:
    told = alert(FIRST if ended is None else FIRST.ended(ended), 2000.0, "https://x")
    assert told["startsAt"] == "1970-01-01T00:16:40.000Z"
    assert told["endsAt"] == ("1970-01-01T00:38:20.000Z" if ended is None else "1970-01-01T00:17:40.000Z")
    assert told["annotations"]["offices"] == "rsud,dishub"


def test_the_watchs_words_call_root_and_opds_by_their_names() -> None:
    names = {"agg-timur": "Serat Timur", "rsud": "RSUD Contoh"}
    words = alert(Outage("agg-timur", "link", 1000.0, ("rsud", "baru"), "silent"), 2000.0, None, names)["annotations"]
    assert words["summary"] == "Tautan Serat Timur terputus, 2 OPD terdampak"
    assert words["description"].endswith("OPD terdampak: RSUD Contoh, baru.")
    assert words["offices"] == "rsud,baru"  # The tracker reads codes.


def test_of_an_outage_the_city_that_was_read_last_says_the_names() -> None:
    names = called(read_city(EXAMPLE_CITY))
    assert (names["isp-utama"], names["dinkes"], names["core"]) == ("ISP Contoh", "Dinas Kesehatan", "Router inti")
