"""``make compose``: docs/how-to/docker-compose.md to the letter, on stand-in images, and what it promises looked at.

Not collected by ``make test``: it needs podman, debootstrap and minutes (docs/why/tried-installations.md). Grafana is
left out, for Debian has none. Every fault that the first run of the Compose file showed is a test here.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from containers import PARTS, Machine, until
from tree import EXAMPLE_CITY, ROOT

PAGE = ROOT / "docs/how-to/docker-compose.md"
OURS = {"exporter": 9810, "watch": 9811, "flows": 9812, "tracker": 9820, "shaper": 9830}
# As an office's .env has it; nobody listens there.
WAY = "mailto://127.0.0.1:9/?from=lebarpita@kota.go.id&to={to}"
# Datagrams of one router with one source port, as many as the first run lost of them.
DATAGRAMS = 479
# What each image adds to the base (python:3.11-slim-bookworm has some 130 MB): measured 199 and 349, and some room.
MOST_ADDED_BYTES = {"network": 215_000_000, "tracker": 365_000_000}
_SEND = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.99.0.2", 4711))
for _ in range({}):
    s.sendto(bytes(24), ("10.99.0.1", 2055))
"""


def lines(starting: str) -> list[str]:
    """The page's own commands."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith(starting)]


def compose(machine: Machine, line: str) -> "subprocess.CompletedProcess[str]":
    """A line of the page with podman-compose in docker compose's place, and the stand-ins laid over it."""
    over = f"{machine.compose} -f docker-compose.yml -f tests/setup/stand-in.yaml"
    return machine.run("sh", "-ec", line.replace("docker compose", over))


@pytest.fixture(scope="module")
def stack() -> Iterator[Machine]:
    folder = ROOT / ".lab" / "containers"
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(ROOT / "deploy/compose", home)
    machine = Machine(folder, Path(os.environ.get("PODMAN_COMPOSE", "podman-compose")))
    stand_ins = {f"LEBARPITA_{name.upper()}_IMAGE": f"localhost/stand-in-{name}" for name in PARTS[-2:]}
    machine.environment |= {"LEBARPITA_HOME": str(home), "LEBARPITA_BASE": "localhost/stand-in-python", **stand_ins}
    machine.environment |= {"LEBARPITA_MAIL": WAY}
    machine.start()
    try:
        machine.images()
        for target in ("network", "tracker"):
            machine.outside(
                "--build-arg=BASE=localhost/stand-in-python", f"--target={target}", "-t", named(target), "."
            )
        # The page's lines, with the office's folder of settings in place of the shipped one.
        shutil.copy(EXAMPLE_CITY, home / "city.yaml")
        secrets = ("LEBARPITA_SNMP_AUTH", "LEBARPITA_SNMP_PRIVACY", "LEBARPITA_SNMP_COMMUNITY")
        (home / "snmp.env").write_text("".join(f"{name}=made-up-for-the-trial\n" for name in secrets))
        alerts = home / "alerts.yaml"
        alerts.write_text(alerts.read_text().replace("shaper: null", "shaper: 127.0.0.1:9830"))
        for line in lines("docker compose up -d") + lines("docker compose --profile shaping up -d"):
            compose(machine, line)
        yield machine
    finally:
        machine.stop()


def named(target: str) -> str:
    return f"localhost/lebarpita-{target}:0.2.0"


def healthy(machine: Machine, part: str) -> bool:
    return machine.run("podman", "healthcheck", "run", f"lebarpita_{part}_1", check=False).returncode == 0


def ready(machine: Machine, part: str) -> bool:
    return machine.page(f"http://127.0.0.1:{OURS[part]}/readyz") == "ready\n"


def up(machine: Machine, job: str) -> bool:
    return '"1"]' in machine.page(f"http://127.0.0.1:9090/api/v1/query?query=up%7Bjob=%22lebarpita-{job}%22%7D")


def led_to_login(machine: Machine, link: str) -> bool:
    return f"/masuk?next=%2Frunbooks%2F{link.rsplit('/', 1)[1]}" in machine.page(link)


def test_one_command_makes_a_healthy_stack(stack: Machine) -> None:
    for part in PARTS:
        until(f"{part} is healthy", partial(healthy, stack, part))
    for part in OURS:
        until(f"{part} is ready", partial(ready, stack, part))


def test_nothing_starts_before_it_is_prepared_so_that_nothing_restarts(stack: Machine) -> None:
    """No step made the database, and the tracker restarted for ever."""
    assert stack.container("prepare")["State"]["ExitCode"] == 0
    assert {part: stack.container(part)["RestartCount"] for part in PARTS} == dict.fromkeys(PARTS, 0)
    (line,) = lines("docker compose exec tracker")
    assert "/setup and make the first administrator" in compose(stack, line).stdout


def test_every_part_can_write_what_it_keeps_and_no_other_can_read_it(stack: Machine) -> None:
    """The watch and the shaper were root without the right to write into their volumes: no journal was ever written."""
    owners = {"exporter": "9800", "watch": "0", "flows": "9800", "tracker": "9800", "shaper": "0"}
    for part, owner in owners.items():
        assert stack.inside(part, "stat", "-c", "%u %a", "/var/lib/lebarpita").split() == [owner, "700"]
        program = stack.container(part)["State"]["Pid"]
        enter = ("nsenter", f"--target={program}", "--mount", "--", "setpriv", f"--reuid={owner}", f"--regid={owner}")
        rights = ("--clear-groups", "--bounding-set=-all", "--inh-caps=-all")
        stack.run(*enter, *rights, "sh", "-ec", "echo 1 >/var/lib/lebarpita/.trial; rm /var/lib/lebarpita/.trial")


def test_each_secret_is_where_it_is_needed_and_nowhere_else(stack: Machine) -> None:
    wanted = {
        "tracker": {"webhook", "secret-key", "top-token", "shaping-token", "metrics-token"},
        **{"flows": {"top-token"}, "shaper": {"shaping-token"}, "exporter": set(), "watch": set()},
        **{"prometheus": {"metrics-token"}, "alertmanager": {"webhook"}},
    }
    for part, names in wanted.items():
        assert set(stack.inside(part, "sh", "-c", "ls /run/secrets 2>/dev/null || true").split()) == names, part
        for name in names:
            assert stack.inside(part, "stat", "-c", "%a", f"/run/secrets/{name}").strip() == "400"


def test_the_shaper_and_prometheus_are_let_in_with_what_was_made_for_them(stack: Machine) -> None:
    """A secret of raw bytes was no token: the shaper was answered 401 for ever."""
    token = stack.inside("shaper", "cat", "/run/secrets/shaping-token").strip()
    assert "allocations" in stack.page("http://127.0.0.1:9820/api/allocations", f"Authorization: Bearer {token}")
    assert "allocations" not in stack.page("http://127.0.0.1:9820/api/allocations")
    for job in ("exporter", "watch", "flows", "tracker", "shaping", "alertmanager", "prometheus"):
        until(f"Prometheus reads {job}", partial(up, stack, job))


def test_the_rules_are_built_for_the_office_and_their_links_lead_to_pages(stack: Machine) -> None:
    """Rules were mounted raw, so that every alert carried a dead link."""
    rules = json.loads(stack.page("http://127.0.0.1:9090/api/v1/rules"))["data"]["groups"]
    links = {rule["annotations"]["runbook_url"] for group in rules for rule in group["rules"] if "annotations" in rule}
    assert len(links) > 50 and not [link for link in links if ".invalid" in link]
    for link in links:
        assert (ROOT / f"docs/runbooks/{link.rsplit('/', 1)[1]}.md").exists(), link
    # Staff alone read it: who is not logged in is led to the login and from there to the page.
    until("a runbook is asked for with a login", partial(led_to_login, stack, min(links)))


def test_a_way_to_people_is_named_by_the_environment_alone_and_an_empty_one_is_none(stack: Machine) -> None:
    ask = "from request_tracker.config import read_config; print(read_config('/etc/lebarpita/tracker.yaml').channels)"
    words = ("podman", "exec", "lebarpita_tracker_1", "python", "-c", ask)
    assert stack.run(*words).stdout.strip() == str({"mail": "env:LEBARPITA_MAIL"})
    assert f"LEBARPITA_MAIL={WAY}" in stack.container("tracker")["Config"]["Env"]


def test_usual_flows_are_counted_by_compiled_code(stack: Machine) -> None:
    """The image is built with a compiler and carries none."""
    assert "lebarpita_flow_counting_compiled 1" in stack.page("http://127.0.0.1:9812/metrics")
    assert stack.inside("flows", "sh", "-c", "command -v gcc cc || true").strip() == ""


def test_no_flow_is_lost_once_a_container_is_made_anew(stack: Machine) -> None:
    """Published UDP lost 479 of 479 datagrams of one router with one source port, and no metric moved."""
    compose(stack, "docker compose up -d --force-recreate --no-deps flows")
    until("flows is ready", partial(ready, stack, "flows"))
    send(stack)
    until("all arrive", lambda: refused(stack) == DATAGRAMS)
    compose(stack, "docker compose up -d --force-recreate --no-deps flows")
    until("flows is ready", partial(ready, stack, "flows"))
    before = refused(stack)
    send(stack)
    until("all arrive again", lambda: refused(stack) == before + DATAGRAMS)


def test_who_is_refused_is_told_by_its_own_address(stack: Machine) -> None:
    """Senders were masqueraded, and the log said nothing of them."""
    assert (
        "10.99.0.2"
        in stack.run("podman", "logs", "lebarpita_flows_1").stderr + compose(stack, "docker compose logs flows").stdout
    )


def send(machine: Machine) -> None:
    machine.as_router(sys.executable, "-c", _SEND.format(DATAGRAMS))


def refused(machine: Machine) -> float:
    page = machine.page("http://127.0.0.1:9812/metrics")
    found = re.search(r'flow_refused_datagrams_total\{reason="unknown_exporter"\} (\S+)', page)
    return float(found[1]) if found else 0.0


def test_memory_and_logs_are_bounded(stack: Machine) -> None:
    for part in PARTS:
        host = stack.container(part)["HostConfig"]
        assert 0 < host["Memory"] <= 4 << 30, part
        assert host["LogConfig"]["Size"] == "10MB", part
        inside = stack.inside(
            part,
            "sh",
            "-c",
            "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null || true",
        )
        assert str(host["Memory"]) in inside.split(), part


def test_prometheus_is_bounded_by_size_too(stack: Machine) -> None:
    flags = json.loads(stack.page("http://127.0.0.1:9090/api/v1/status/flags"))["data"]
    assert (flags["storage.tsdb.retention.time"], flags["storage.tsdb.retention.size"]) == ("400d", "40GiB")


def test_only_flows_and_traps_can_be_reached_from_the_network(stack: Machine) -> None:
    listening = stack.run("ss", "-Hlntu").stdout.splitlines()
    reached = {line.split()[4] for line in listening if not line.split()[4].startswith("127.")}
    assert reached == {"0.0.0.0:162", "0.0.0.0:2055"}


def test_a_second_time_changes_nothing(stack: Machine) -> None:
    secret = stack.inside("tracker", "cat", "/run/secrets/secret-key")
    (line,) = lines("docker compose up -d")
    compose(stack, line)
    assert "made: nothing" in compose(stack, "docker compose logs prepare").stdout.splitlines()[-1]
    assert stack.inside("tracker", "cat", "/run/secrets/secret-key") == secret


def test_without_a_city_file_it_says_so_and_leaves_everything_as_it_is(stack: Machine, tmp_path: Path) -> None:
    for name in ("tracker", "exporter", "alerts"):
        shutil.copy(ROOT / f"deploy/compose/{name}.yaml", tmp_path)
    mounts = ("--volume", f"{tmp_path}:/etc/lebarpita:ro", "--user=0", "--network=none")
    done = stack.run("podman", "run", "--rm", *mounts, named("tracker"), "/opt/lebarpita/prepare", check=False)
    assert done.returncode == 1 and "city.yaml is not in LEBARPITA_HOME" in done.stderr


def test_an_image_is_as_small_as_its_part_allows(stack: Machine) -> None:
    def size(name: str) -> int:
        return int(json.loads(stack.run("podman", "inspect", name).stdout)[0]["Size"])

    base = size("localhost/stand-in-python")
    added = {target: size(named(target)) - base for target in MOST_ADDED_BYTES}
    print({target: f"{number / 1e6:.0f} MB beside its base of {base / 1e6:.0f}" for target, number in added.items()})
    assert all(number <= MOST_ADDED_BYTES[target] for target, number in added.items())
