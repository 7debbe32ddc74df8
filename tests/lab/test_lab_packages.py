"""``lab/packages``: what it says and does where packages are missing. The package tools are stand-ins here."""

import subprocess
from pathlib import Path

from lab.host import ROOT

SCRIPT = ROOT / "lab" / "packages"


def _run(tools: Path, *words: str, **stand_ins: str) -> "subprocess.CompletedProcess[str]":
    """Run the script with nothing on its path but the stand-ins and a shell's own tools."""
    for tool in ("grep", "sh", "env"):
        (tools / tool).symlink_to(Path("/usr/bin") / tool)
    for name, text in stand_ins.items():
        file = tools / name.replace("_", "-")
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
    command = ["/bin/sh", str(SCRIPT), *words]
    return subprocess.run(
        command, env={"PATH": str(tools)}, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


ALL_BUT_SNMPD = '[ "$4" = snmpd ] && exit 1; echo installed'


def test_a_machine_with_everything_is_left_alone(tmp_path: Path) -> None:
    done = _run(tmp_path, "demo", dpkg_query="echo installed")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_the_right_to_sudo_it_prints_the_one_command_to_run(tmp_path: Path) -> None:
    done = _run(tmp_path, "demo", dpkg_query=ALL_BUT_SNMPD, apt_get="exit 9", id="echo 1000", sudo="exit 1")
    assert done.returncode == 1
    assert done.stderr.splitlines()[1].strip() == (
        "sudo apt-get update && sudo env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive"
        " apt-get install -y --no-install-recommends snmpd"
    )


def test_without_sudo_the_one_command_needs_none(tmp_path: Path) -> None:
    done = _run(tmp_path, "demo", dpkg_query=ALL_BUT_SNMPD, apt_get="exit 9", id="echo 1000")
    assert done.returncode == 1
    assert done.stderr.splitlines()[1].strip() == (
        "su root -c 'apt-get update && env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive"
        " apt-get install -y --no-install-recommends snmpd'"
    )


def _missing(tools: Path, what: str, **stand_ins: str) -> set[str]:
    return set(_run(tools, what, "--list", dpkg_query="exit 1", **stand_ins).stdout.split())


def test_each_word_includes_the_one_before_it_so_that_one_command_heals_all(tmp_path: Path) -> None:
    names = []
    for what in ("setup", "demo", "test"):
        (tmp_path / what).mkdir()
        names.append(_missing(tmp_path / what, what))
    setup, demo, test = names
    assert setup == {"ca-certificates", "python3", "python3-venv"}
    assert setup < demo < test


def test_a_python_of_one_s_own_that_makes_environments_needs_none_of_debian(tmp_path: Path) -> None:
    assert _missing(tmp_path, "setup", python3="exit 0") == set()


def test_only_what_is_missing_is_installed(tmp_path: Path) -> None:
    done = _run(tmp_path, "demo", dpkg_query=ALL_BUT_SNMPD, apt_get=f'echo "$@" >> {tmp_path}/asked', id="echo 0")
    assert done.returncode == 0
    assert (tmp_path / "asked").read_text().split() == ["install", "-y", "--no-install-recommends", "snmpd"]


def test_sudo_is_used_by_an_ordinary_user_who_may(tmp_path: Path) -> None:
    sudo = f'[ "$1" = -n ] && exit 0; echo "$@" >> {tmp_path}/asked'
    done = _run(tmp_path, "demo", dpkg_query=ALL_BUT_SNMPD, apt_get="exit 9", id="echo 1000", sudo=sudo)
    assert done.returncode == 0
    assert (tmp_path / "asked").read_text().startswith("env RUNLEVEL=1")


def test_the_package_lists_are_fetched_where_installing_fails_at_first(tmp_path: Path) -> None:
    asked, updated = tmp_path / "asked", tmp_path / "updated"
    apt = f'echo "$1" >> {asked}; [ -e {updated} ] && exit 0; [ "$1" = update ] && : > {updated}'
    done = _run(tmp_path, "demo", dpkg_query=ALL_BUT_SNMPD, apt_get=apt, id="echo 0")
    assert done.returncode == 0
    assert (tmp_path / "asked").read_text().split() == ["install", "update", "install"]


def test_a_wrong_word_is_wrong_use(tmp_path: Path) -> None:
    assert _run(tmp_path, "everything").returncode == 2
