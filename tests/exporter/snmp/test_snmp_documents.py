"""The page about SNMP devices names every quirk, every failure and every reason a trap is thrown away."""

import re

import pytest
from tree import ROOT

from exporter.snmp.engines.failure import Reason

PAGE = (ROOT / "docs/reference/snmp-devices.md").read_text(encoding="utf-8")


def named_in(path: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, (ROOT / path).read_text(encoding="utf-8")))


QUIRKS = {
    quirk
    for module in ("interface_map", "survey", "manners", "port_names")
    for quirk in re.findall(
        r'"(\w+)": ', (ROOT / f"exporter/snmp/device/{module}.py").read_text().partition("oddities = {")[2]
    )
}
REFUSALS = named_in("exporter/watch/traps.py", r'_refuse\("(\w+)"\)') | named_in(
    "exporter/watch/trap_users.py", r'return "(\w+)"'
)


@pytest.mark.parametrize("name", sorted({*QUIRKS, *REFUSALS, *(reason.value for reason in Reason)}))
def test_what_a_person_may_meet_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_the_names_are_really_found_in_the_code() -> None:
    assert {"stacked_interfaces", "small_requests", "no_speed", "no_if_name"} <= QUIRKS
    assert {"malformed", "wrong_level", "too_many_engines"} <= REFUSALS
