"""One command builds what an office's Prometheus and Alertmanager run: its links, numbers, channels, quiet hours."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tree import EXAMPLE_CITY, ROOT

from alert_rules import AlertsError, rule_files
from alert_rules.__main__ import NO_SECOND_WAY, main
from alert_rules.building import built, in_words
from alert_rules.office import OfficeAlerts, read_office
from alert_rules.thresholds import THRESHOLDS, with_thresholds

MAIL = "{to: [piket@kota.test], from: lebarpita@kota.test, smarthost: 'mail.kota.test:587'}"
LINKS = f"tracker: https://lebarpita.kota.test/\ngrafana: https://g.kota.test\ninventory: {EXAMPLE_CITY}\n"


def office(folder: Path, more: str = "", links: str = LINKS) -> OfficeAlerts:
    file = folder / "alerts.yaml"
    file.write_text(links + more, encoding="utf-8")
    return read_office(file)


def told(text: str) -> Any:
    return YAML(typ="safe").load(text)


def run(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def routes(text: str) -> list[Any]:
    rows: list[Any] = told(text)["route"]["routes"]
    return rows


def test_the_command_builds_files_that_prometheus_and_alertmanager_accept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "token").write_text("x" * 40)
    office(tmp_path, f"secrets: {{metrics: {tmp_path / 'token'}, webhook: {tmp_path / 'token'}}}\n")
    assert main([str(tmp_path / "out"), "--config", str(tmp_path / "alerts.yaml")]) == 0
    names = capsys.readouterr().out.split()
    assert {Path(name).name for name in names} >= {"prometheus.yml", "alertmanager.yml", "outage.yml"}
    run("promtool", "check", "config", tmp_path / "out" / "prometheus.yml")
    run("amtool", "check-config", tmp_path / "out" / "alertmanager.yml")


def test_its_files_are_read_by_other_users_than_the_one_who_builds_them(tmp_path: Path) -> None:
    office(tmp_path)
    assert main([str(tmp_path / "out"), "--config", str(tmp_path / "alerts.yaml")]) == 0
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "out").rglob("*.yml")} == {0o644}


def test_every_link_is_the_office_s_own(tmp_path: Path) -> None:
    rules = "".join(text for name, text in built(office(tmp_path)).items() if name.startswith("rules/"))
    assert "https://lebarpita.kota.test/runbooks/LebarpitaOutage\n" in rules
    assert "https://g.kota.test/d/lebarpita-outages" in rules
    hosts = set(re.findall(r"https?://([^/\s{]+)", rules))
    assert hosts == {"lebarpita.kota.test", "g.kota.test"}


def test_an_office_without_grafana_has_no_link_to_a_board(tmp_path: Path) -> None:
    texts = built(office(tmp_path, links=f"tracker: https://l.kota.test\ninventory: {EXAMPLE_CITY}\n"))
    rules = [rule for n, t in texts.items() if n.startswith("rules/") for g in told(t)["groups"] for rule in g["rules"]]
    alerts = [rule for rule in rules if "alert" in rule]
    assert len(alerts) > 40
    assert all("dashboard_url" not in rule["annotations"] and rule["annotations"]["runbook_url"] for rule in alerts)


@pytest.mark.parametrize("link", ["https://lebarpita.invalid", "lebarpita.kota.test", "https://", "ftp://kota.test"])
def test_a_link_that_opens_nothing_is_refused(tmp_path: Path, link: str) -> None:
    with pytest.raises(AlertsError, match=r"alerts\.yaml line 1: tracker: "):
        office(tmp_path, links=f"tracker: {link}\ninventory: {EXAMPLE_CITY}\n")


def test_an_address_of_invalid_anywhere_else_is_refused_too(tmp_path: Path) -> None:
    mail = MAIL.replace("mail.kota.test", "mail.lebarpita.invalid")
    with pytest.raises(AlertsError, match=r"alertmanager\.yml: an address of \.invalid"):
        built(office(tmp_path, f"second_way: {{mail: {mail}}}\n"))


def test_nothing_that_the_rooms_ship_leads_to_invalid_but_what_the_command_fills_in() -> None:
    rooms = ("runtime", "exporter", "shaping", "request_tracker", "alert_rules", "dashboards", "deploy")
    files = [f for room in rooms for f in (ROOT / room).rglob("*") if f.suffix in (".py", ".yml", ".yaml", ".html")]
    leading = {str(f.relative_to(ROOT)) for f in files if "https://lebarpita.invalid" in f.read_text(encoding="utf-8")}
    alerting = [path for path in rule_files() if "- alert:" in path.read_text(encoding="utf-8")]
    filled_in = {str(path.relative_to(ROOT)) for path in alerting}
    assert leading == {"alert_rules/__init__.py", *filled_in}


def test_without_changes_the_rules_are_the_shipped_ones_but_for_links_names_and_lengths_of_time(tmp_path: Path) -> None:
    texts = built(office(tmp_path))
    for path in rule_files():
        text = texts[f"rules/{path.name}"].replace("https://lebarpita.kota.test", "https://lebarpita.invalid")
        shipped = in_words(path.read_text(encoding="utf-8"))
        assert text.replace("https://g.kota.test", "https://grafana.lebarpita.invalid").partition("\n")[2] == shipped


@pytest.mark.parametrize("name", THRESHOLDS)
def test_a_threshold_changes_its_rule_and_what_the_rule_says(name: str) -> None:
    threshold = THRESHOLDS[name]
    (text,) = (t for p in rule_files() if f"- alert: {threshold.alert}\n" in (t := p.read_text(encoding="utf-8")))
    changed = with_thresholds(text, {name: threshold.usual * 2})
    before, after = text.splitlines(), changed.splitlines()
    differing = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert any(threshold.in_expression(threshold.usual * 2) in new for _, new in differing)
    assert (threshold.in_words(threshold.usual * 2) in changed) is True
    assert all(line not in after for line, _ in differing)
    assert with_thresholds(text, {name: threshold.usual}) == text


def test_a_threshold_leaves_every_other_rule_as_it_is() -> None:
    text = next(p for p in rule_files() if p.stem == "capacity").read_text(encoding="utf-8")
    changed = with_thresholds(text, {"uplink_nearly_full_ratio": 0.8})
    assert "expr: uplink:utilisation:ratio > 0.8\n" in changed and "expr: opd:utilisation:ratio > 0.9\n" in changed


def test_unknown_thresholds_duties_and_keys_are_refused_together(tmp_path: Path) -> None:
    more = f"receivers: [{{name: piket, duty: [nothing], mail: {MAIL}}}]\nsecnd_way: {{}}\n"
    with pytest.raises(AlertsError) as refusal:
        office(tmp_path, more)
    assert "receivers.0.duty" in str(refusal.value) and "secnd_way" in str(refusal.value)
    with pytest.raises(AlertsError, match="unknown uplink_full"):
        office(tmp_path, "thresholds: {uplink_full: 0.5}\n")


def test_a_duty_has_alerts_and_who_keeps_the_stack_is_told_of_every_disk(tmp_path: Path) -> None:
    """A file that only records would be a duty of which nobody is ever told."""
    for recording in ("disk", "means", "office", "record", "uplink"):
        with pytest.raises(AlertsError, match="no file of alerts"):
            office(tmp_path, RECEIVER.replace("outage", recording))
    ways = routes(built(office(tmp_path, RECEIVER.replace("outage", "stack")))["alertmanager.yml"])
    named = [str(way["matchers"]) for way in ways if way["receiver"] == "office-piket"]
    assert len(named) == 2
    for alert in ("LebarpitaDiskLow", "LebarpitaDiskFullSoon", "LebarpitaBackupTooOld", "LebarpitaJobStale"):
        assert all(alert in matchers for matchers in named)


def test_the_second_way_is_on_as_soon_as_one_channel_is_configured(tmp_path: Path) -> None:
    without = built(office(tmp_path))
    assert {"name": "past-the-tracker"} in told(without["alertmanager.yml"])["receivers"]
    assert "expr: vector(0)" in without["rules/office.yml"]
    telegram = "{chat: -5, token_file: /run/secrets/telegram}"
    for channel, key in ((f"mail: {MAIL}", "email_configs"), (f"telegram: {telegram}", "telegram_configs")):
        texts = built(office(tmp_path, f"second_way: {{{channel}}}\n"))
        (second,) = (r for r in told(texts["alertmanager.yml"])["receivers"] if r["name"] == "past-the-tracker")
        assert second[key] and "expr: vector(1)" in texts["rules/office.yml"]
        assert [r["receiver"] for r in routes(texts["alertmanager.yml"]) if "Watchdog" in str(r.get("matchers"))] == [
            "past-the-tracker",
            "tracker",
        ]


def test_without_a_second_way_the_command_says_what_that_means(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office(tmp_path)
    assert main([str(tmp_path / "out"), "--config", str(tmp_path / "alerts.yaml")]) == 0
    assert NO_SECOND_WAY in capsys.readouterr().err


RECEIVER = f"receivers: [{{name: piket, duty: [outage], severity: [critical, warning], mail: {MAIL}}}]\n"


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        (["alertname=LebarpitaOutage", "severity=critical"], "office-piket,tracker-now"),
        (["alertname=LebarpitaLinkDegraded", "severity=warning"], "office-piket,tracker"),
        (["alertname=LebarpitaFlowLoss", "severity=warning"], "tracker"),
        (["alertname=LebarpitaWatchSilent", "severity=critical"], "office-piket,past-the-tracker,tracker-now"),
    ],
)
def test_a_receiver_is_told_by_duty_and_severity_beside_the_tracker(
    tmp_path: Path, labels: list[str], receivers: str
) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_text(built(office(tmp_path, RECEIVER))["alertmanager.yml"], encoding="utf-8")
    run("amtool", "config", "routes", "test", f"--config.file={file}", f"--verify.receivers={receivers}", *labels)


def test_warnings_wait_in_the_quiet_hours_of_the_office_s_zone_and_critical_alerts_never_do(tmp_path: Path) -> None:
    night = 'quiet_hours: {from: "22:00", until: "05:30"}\n'
    config = told(built(office(tmp_path, RECEIVER + night))["alertmanager.yml"])
    own = [route for route in config["route"]["routes"] if "office" in route["receiver"]]
    muted = {route["matchers"][0]: route.get("mute_time_intervals") for route in own}
    assert muted == {'severity=~"critical"': None, 'severity=~"warning"': ["quiet-hours"]}
    (interval,) = config["time_intervals"][0]["time_intervals"]
    assert interval["location"] == "Asia/Jakarta"
    assert [(t["start_time"], t["end_time"]) for t in interval["times"]] == [("22:00", "24:00"), ("00:00", "05:30")]
    assert all("mute_time_intervals" not in r for r in config["route"]["routes"] if "office" not in r["receiver"])


@pytest.mark.parametrize(
    ("hours", "times"),
    [
        ('{from: "12:00", until: "13:00"}', [("12:00", "13:00")]),
        ('{from: "20:00", until: "00:00"}', [("20:00", "24:00")]),
    ],
)
def test_quiet_hours_may_lie_within_a_day(tmp_path: Path, hours: str, times: list[tuple[str, str]]) -> None:
    text = built(office(tmp_path, f"{RECEIVER}quiet_hours: {hours}\n"))["alertmanager.yml"]
    (interval,) = told(text)["time_intervals"][0]["time_intervals"]
    assert [(t["start_time"], t["end_time"]) for t in interval["times"]] == times
    (tmp_path / "alertmanager.yml").write_text(text, encoding="utf-8")
    run("amtool", "check-config", tmp_path / "alertmanager.yml")


def test_a_resolved_message_looks_resolved(tmp_path: Path) -> None:
    telegram = "{chat: -5, token_file: /run/secrets/telegram}"
    text = built(office(tmp_path, f"second_way: {{mail: {MAIL}, telegram: {telegram}}}\n"))["alertmanager.yml"]
    (second,) = (r for r in told(text)["receivers"] if r["name"] == "past-the-tracker")
    assert second["email_configs"][0]["send_resolved"] and "PULIH: " in str(second["email_configs"][0]["headers"])
    assert second["telegram_configs"][0]["message"].startswith('{{ if eq .Status "resolved" }}PULIH: ')


def test_a_part_that_the_office_does_not_have_is_not_asked(tmp_path: Path) -> None:
    usual = {job["job_name"] for job in told(built(office(tmp_path))["prometheus.yml"])["scrape_configs"]}
    texts = built(office(tmp_path, "addresses: {shaper: null, flows: null}\n"))
    jobs = {job["job_name"] for job in told(texts["prometheus.yml"])["scrape_configs"]}
    assert usual - jobs == {"lebarpita-shaping", "lebarpita-flows"} and jobs < usual
    with pytest.raises(AlertsError, match="tracker, watch cannot be null; only flows and shaper may be absent"):
        office(tmp_path, "addresses: {watch: null, tracker: null}\n")


def test_the_parts_are_asked_where_this_office_runs_them(tmp_path: Path) -> None:
    addresses = {part: f"127.0.0.1:{port}" for port, part in enumerate(("exporter", "watch", "tracker"), 9001)}
    texts = built(office(tmp_path, f"addresses: {addresses}\n"))
    jobs = {job["job_name"]: job for job in told(texts["prometheus.yml"])["scrape_configs"]}
    assert jobs["lebarpita-watch"]["static_configs"][0]["targets"] == ["127.0.0.1:9002"]
    assert jobs["lebarpita-devices"]["http_sd_configs"][0]["url"] == "http://127.0.0.1:9001/sd"
    assert "url: http://127.0.0.1:9003/api/alerts" in texts["alertmanager.yml"]
