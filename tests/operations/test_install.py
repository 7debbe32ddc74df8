"""``lebarpita install`` and ``uninstall`` in a folder: files, rights, secrets, a second time, and away again."""

import ssl
import subprocess
from pathlib import Path

import pytest
from installed import HOST, Machine, new_machine
from ruamel.yaml import YAML
from tree import EXAMPLE_CITY

from exporter.config import read_config as read_exporter
from operations.cli import main
from operations.install.laying import BESIDE
from operations.install.run_as import command_as
from operations.install.services import SHAPING, TRACKER
from operations.install.system_files import SECRET_NAMES
from request_tracker.config import read_config as read_tracker
from shaping.config import read_config as read_shaping


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = new_machine(tmp_path)
    assert made.install("--uplink", "isp-utama") == 0
    return made


def test_the_settings_that_are_laid_down_are_accepted_by_the_parts_that_read_them(machine: Machine) -> None:
    for name in ("snmp", "watch", "flows"):
        assert read_exporter(machine.at(f"/etc/lebarpita/{name}.yaml")).state == Path(f"/var/lib/lebarpita-{name}")
    tracker = read_tracker(machine.at("/etc/lebarpita/tracker.yaml"))
    assert (tracker.public_url, tracker.proxies) == (f"https://{HOST}", 1)
    shaping = read_shaping(machine.at("/etc/lebarpita/shaping.yaml"))
    assert (shaping.uplink, shaping.first_apply) == ("isp-utama", "by_hand")
    assert machine.text("/etc/lebarpita/city.yaml") == EXAMPLE_CITY.read_text(encoding="utf-8")


def test_secrets_are_long_different_root_s_alone_and_stand_in_no_other_file(machine: Machine) -> None:
    values = {name: machine.text(f"/etc/lebarpita/secrets/{name}").strip() for name in SECRET_NAMES}
    assert len(set(values.values())) == len(SECRET_NAMES) and all(len(value) == 43 for value in values.values())
    places = [machine.at("/etc/lebarpita/secrets") / name for name in SECRET_NAMES]
    assert {path.stat().st_mode & 0o777 for path in places} == {0o600}
    assert places[0].parent.stat().st_mode & 0o777 == 0o700
    others = [path for path in machine.root.rglob("*") if path.is_file() and path not in places]
    assert not [path for path in others for value in values.values() if value in path.read_text(encoding="utf-8")]


def test_a_second_time_changes_neither_secrets_nor_settings_nor_what_a_person_changed(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, unit = machine.text("/etc/lebarpita/secrets/webhook"), "/etc/systemd/system/lebarpita-snmp.service"
    settings, site = machine.at("/etc/lebarpita/tracker.yaml"), "/etc/nginx/conf.d/lebarpita.conf"
    settings.write_text(settings.read_text() + "personal_data_days: 400\n", encoding="utf-8")
    machine.at(site).write_text("# by hand\n", encoding="utf-8")
    machine.at(unit).unlink()
    capsys.readouterr()
    assert machine.install("--uplink", "isp-utama") == 0
    assert machine.text("/etc/lebarpita/secrets/webhook") == secret and "400" in settings.read_text()
    assert machine.text(site) == "# by hand\n" and HOST in machine.text(site + BESIDE)
    assert machine.at(unit).exists()
    said = capsys.readouterr().out
    assert f"{site}: changed by hand and left as it is" in said and "secrets made: none, all were there" in said


def test_what_was_laid_down_is_brought_up_to_date_where_nobody_changed_it(machine: Machine) -> None:
    site = "/etc/nginx/conf.d/lebarpita.conf"
    words = ["install", "--city", str(EXAMPLE_CITY), "--host", "baru.kota.go.id", "--root", str(machine.root)]
    assert main([*words, "--programs", str(machine.programs)]) == 0
    assert "baru.kota.go.id" in machine.text(site) and not machine.at(site + BESIDE).exists()


def test_uninstall_takes_away_what_is_ours_and_keeps_settings_secrets_and_what_was_changed(machine: Machine) -> None:
    theirs = machine.at("/etc/prometheus/prometheus.yml")
    theirs.write_text("# Debian's\n", encoding="utf-8")
    machine.at("/etc/nginx/conf.d/lebarpita.conf").write_text("# by hand\n", encoding="utf-8")
    assert main(["uninstall", "--root", str(machine.root)]) == 0
    assert not machine.units() and not machine.at("/etc/prometheus/lebarpita").exists()
    assert not machine.at("/etc/systemd/system/prometheus.service.d").exists() and theirs.exists()
    assert machine.at("/etc/lebarpita/tracker.yaml").exists()
    assert machine.at("/etc/lebarpita/secrets/webhook").exists()
    assert machine.text("/etc/nginx/conf.d/lebarpita.conf") == "# by hand\n"


def test_uninstall_with_settings_leaves_no_secret_and_a_second_one_says_that_nothing_is_there(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["uninstall", "--settings", "--root", str(machine.root)]) == 0
    assert not machine.at("/etc/lebarpita").exists()
    assert main(["uninstall", "--root", str(machine.root)]) == 1
    assert "nothing was installed here" in capsys.readouterr().err


def test_without_an_uplink_there_is_no_shaping_agent(tmp_path: Path) -> None:
    made = new_machine(tmp_path)
    assert made.install() == 0
    assert not [unit for unit in made.units() if "shaping" in unit.name]
    assert not made.at("/etc/lebarpita/shaping.yaml").exists()
    # What is never there would be a dead part for ever.
    jobs = YAML(typ="safe").load(made.text("/etc/prometheus/lebarpita/prometheus.yml"))["scrape_configs"]
    assert len(jobs) == 7 and "lebarpita-shaping" not in {job["job_name"] for job in jobs}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--uplink", "nobody"], "--uplink nobody: "),
        (["--host", "two names"], "is no name of a host"),
        (["--programs", "/nowhere"], "has no lebarpita-exporter"),
        (["--city", "/nowhere.yaml"], "/nowhere.yaml"),
    ],
)
def test_a_wrong_answer_is_one_sentence_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    made = new_machine(tmp_path)
    assert made.install(*words) == 1
    assert sentence in capsys.readouterr().err and not made.root.exists()


def test_the_end_says_what_to_do_next_with_the_names_that_the_city_asks_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new_machine(tmp_path).install("--uplink", "isp-utama")
    said = capsys.readouterr().out
    assert "1. fill in LEBARPITA_SNMP_AUTH, LEBARPITA_SNMP_PRIVACY, LEBARPITA_SNMP_COMMUNITY" in said
    assert f"https://{HOST}/setup" in said and "lebarpita doctor" in said


def test_prometheus_and_alertmanager_accept_their_files(machine: Machine, tmp_path: Path) -> None:
    place = machine.at("/etc/prometheus/lebarpita")
    text = (place / "prometheus.yml").read_text(encoding="utf-8")
    handed = "/run/credentials/prometheus.service/metrics-token"
    assert handed in text and "rule_files:\n  - /etc/prometheus/lebarpita/rules/*.yml" in text
    token = machine.at("/etc/lebarpita/secrets/metrics-token")
    # promtool looks for the files that the configuration names, which here stand under the root.
    here = tmp_path / "prometheus.yml"
    here.write_text(text.replace(handed, str(token)).replace("/etc/prometheus", f"{machine.root}/etc/prometheus"))
    done = subprocess.run(["promtool", "check", "config", str(here)], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and f"{len(list((place / 'rules').iterdir()))} rule files found" in done.stdout
    alertmanager = YAML(typ="safe").load((place / "alertmanager.yml").read_text(encoding="utf-8"))
    hooks = [hook for receiver in alertmanager["receivers"] for hook in receiver.get("webhook_configs", ())]
    assert {hook["url"] for hook in hooks} == {"http://127.0.0.1:9820/api/alerts"}
    groups = [group for job in YAML(typ="safe").load(text)["scrape_configs"] for group in job.get("static_configs", ())]
    assert all(target.startswith("127.0.0.1:") for group in groups for target in group["targets"])


def test_rules_and_routes_are_built_of_what_the_office_wrote(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    own, place = machine.at("/etc/lebarpita/alerts.yaml"), "/etc/prometheus/lebarpita"
    assert f"https://{HOST}/runbooks/" in machine.text(f"{place}/rules/outage.yml")
    written = own.read_text(encoding="utf-8").replace(
        "second_way: {}", "second_way: {telegram: {chat: -7, token_file: /t}}"
    )
    own.write_text(written.replace("# grafana:", "grafana:"), encoding="utf-8")
    assert machine.install("--uplink", "isp-utama") == 0
    assert "chat_id: -7" in machine.text(f"{place}/alertmanager.yml")
    assert "https://grafana.kota.go.id/d/lebarpita-" in machine.text(f"{place}/rules/outage.yml")
    own.write_text(written + "thresholds: {nothing: 1}\n", encoding="utf-8")
    capsys.readouterr()
    assert machine.install("--uplink", "isp-utama") == 1
    assert "thresholds: unknown nothing" in capsys.readouterr().err


def test_debians_programs_get_their_arguments_and_the_one_secret_they_need_by_a_drop_in(machine: Machine) -> None:
    units = "/etc/systemd/system"
    for unit, secret in (("prometheus", "metrics-token"), ("prometheus-alertmanager", "webhook")):
        text = machine.text(f"{units}/{unit}.service.d/lebarpita.conf")
        assert f"LoadCredential={secret}:/etc/lebarpita/secrets/{secret}\n" in text
        arguments = text.split("EnvironmentFile=")[1].splitlines()[0]
        assert "--web.listen-address=127.0.0.1:" in machine.text(arguments)


def test_the_first_certificate_names_the_host_and_belongs_to_its_key(machine: Machine) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate, key = machine.at("/etc/lebarpita/tls/site.crt"), machine.at("/etc/lebarpita/tls/site.key")
    context.load_cert_chain(certificate, key)
    assert key.stat().st_mode & 0o777 == 0o600
    site = machine.text("/etc/nginx/conf.d/lebarpita.conf")
    assert "ssl_certificate /etc/lebarpita/tls/site.crt;" in site and f"server_name {HOST};" in site


def test_a_parts_command_is_run_as_the_parts_own_user_with_its_rights_and_settings() -> None:
    command = command_as(SHAPING, ["plan"], Path("/opt/lebarpita/bin"))
    assert command[:4] == ["setpriv", "--reuid=lebarpita-shaping", "--regid=lebarpita-shaping", "--init-groups"]
    assert "--ambient-caps=+net_admin" in command
    assert command[-4:] == ["/opt/lebarpita/bin/lebarpita-shaping", "plan", "--config", "/etc/lebarpita/shaping.yaml"]
    assert "--inh-caps=-all" in command_as(TRACKER, ["user", "list"], Path("/opt/lebarpita/bin"))
