"""Each room runs with what its own extra brings: the machine that shapes carries no typesetter and no flow database."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

from docs import releases

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = {"runtime", "inventory", "exporter", "shaping", "request_tracker", "alert_rules", "dashboards", "operations"}
# What is loaded where it is installed, and said to be missing where it is not; each such place has its own test.
WHERE_INSTALLED = {"exporter": {"history", "easysnmp"}, "request_tracker": {"oidc"}, "shaping": {"routeros"}}
ROOMS = {
    "runtime": (),
    "inventory": (),
    "alert_rules": (),
    "shaping": (),
    "exporter": ("exporter",),
    "request_tracker": ("tracker",),
    "dashboards": ("boards",),
    "operations": ("exporter", "tracker"),
}


def word(requirement: str) -> str:
    """The distribution that a requirement names, as registries compare names."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~;\[(]", requirement)[0]).lower()


def brought_by(names: set[str]) -> set[str]:
    """These distributions and all that they need themselves, on any system."""
    whole: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        whole.add(name)
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        waiting |= {word(need) for need in needs if "extra ==" not in need} - whole
    return whole


@cache
def foreign_imports(room: str) -> frozenset[tuple[str, str]]:
    """Each package of others that a room imports, with the file."""
    imports = set()
    for path in sorted((ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for top in {name.split(".")[0] for name in names} - OURS - set(sys.stdlib_module_names):
                imports.add((top, str(path.relative_to(ROOT))))
    return frozenset(imports)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_nothing_that_its_extra_does_not_bring(room: str) -> None:
    extras = PROJECT["optional-dependencies"]
    words = {word(line) for line in PROJECT["dependencies"]}
    for extra in (*ROOMS[room], *WHERE_INSTALLED.get(room, ())):
        words |= {word(line) for line in extras[extra]}
    brought, owners = brought_by(words), metadata.packages_distributions()
    imports = foreign_imports(room)
    lacking = {(top, path) for top, path in imports if not {word(name) for name in owners[top]} & brought}
    assert imports and lacking == set()


def test_every_room_is_looked_at_and_all_is_all_of_them() -> None:
    assert set(ROOMS) == OURS
    assert PROJECT["optional-dependencies"]["all"] == ["lebarpita[exporter,history,tracker,boards]"]


def test_nothing_is_declared_that_no_room_imports() -> None:
    # tzdata and pysnmpcrypto are found by zoneinfo and by pysnmp; editables by the build of a development install.
    found_by_others = {"tzdata", "pysnmpcrypto"}
    extras = PROJECT["optional-dependencies"]
    declared = {word(line) for line in PROJECT["dependencies"]}
    declared |= {word(line) for name in ("exporter", "history", "tracker", "boards") for line in extras[name]}
    owners = metadata.packages_distributions()
    imported = {word(name) for room in OURS for top, _path in foreign_imports(room) for name in owners[top]}
    assert declared - imported - found_by_others == set()


def test_every_package_asked_for_stands_on_the_releases_page_in_its_locked_version() -> None:
    _seen, packages = releases.read()
    versions = releases.locked()
    assert sorted(packages) == releases.direct()
    assert {name: told.locked for name, told in packages.items()} == {n: versions.get(n, "") for n in packages}


def test_a_package_without_a_release_for_two_years_has_its_reason() -> None:
    seen, packages = releases.read()
    text = (ROOT / "docs/why/dependencies.md").read_text(encoding="utf-8")
    section = text.partition("## Packages without a release for two years")[2].partition("\n## ")[0]
    quiet = {name for name, told in packages.items() if told.quiet(seen)}
    assert quiet and quiet == set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


def test_one_locked_package_is_under_the_gpl_and_no_extra_of_a_room_brings_it() -> None:
    page = (ROOT / "docs/reference/licences.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\S+) \| [^|]+ \| ([^|]+) \|$", page, re.MULTILINE)
    bound = {name for name, licence in rows if "GPL" in licence and "LGPL" not in licence}
    assert len(rows) > len(PROJECT["dependencies"]) and bound == {"librouteros"}
    assert [
        name for name, lines in PROJECT["optional-dependencies"].items() if any("routeros" in x for x in lines)
    ] == ["routeros"]
