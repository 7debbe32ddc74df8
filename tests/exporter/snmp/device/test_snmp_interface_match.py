"""Interfaces are found by ifName, else by ifAlias, and never by a mere index."""

from exporter.snmp.device.interface_match import Rows, match
from exporter.snmp.device.objects import IF_ALIAS, IF_DESCR, IF_NAME


def table(column: str, *values: bytes) -> Rows:
    return [(f"{column}.{index}", value) for index, value in enumerate(values, 1)]


def test_an_interface_is_found_by_its_name() -> None:
    found = match(["ether2"], table(IF_NAME, b"ether1", b"ether2"), [], [])
    assert found.places["ether2"].oid == f"{IF_NAME}.2"


def test_one_without_that_name_is_found_by_its_alias() -> None:
    found = match(["dinkes"], table(IF_NAME, b"e1", b"e2"), table(IF_ALIAS, b"", b"dinkes"), [])
    assert found.places["dinkes"].oid == f"{IF_ALIAS}.2"
    assert found.by_alias == ("dinkes",)


def test_a_device_without_names_is_searched_by_description() -> None:
    found = match(["eth0"], [], [], table(IF_DESCR, b"lo", b"eth0"))
    assert found.places["eth0"].oid == f"{IF_DESCR}.2"


def test_a_device_with_names_is_never_searched_by_description() -> None:
    assert "eth0" in match(["eth0"], table(IF_NAME, b"e0"), [], table(IF_DESCR, b"eth0")).problems


def test_a_name_that_stands_twice_matches_nothing_and_says_which_indexes() -> None:
    found = match(["ppp"], table(IF_NAME, b"ppp", b"x", b"ppp"), [], [])
    assert not found.places
    assert "indexes 1, 3" in found.problems["ppp"]
    assert "ifAlias" in found.problems["ppp"]


def test_trailing_zero_bytes_that_some_agents_send_do_not_hide_a_name() -> None:
    assert "e1" in match(["e1"], table(IF_NAME, b"e1\0"), [], []).places


def test_hostile_aliases_are_compared_as_bytes_and_never_raise() -> None:
    aliases = table(IF_ALIAS, b'"\n\\', b"\xff\xfe", b"Dinas Kesehatan \xe2\x80\x93 utara")
    found = match(["Dinas Kesehatan – utara"], table(IF_NAME, b"a", b"b", b"c"), aliases, [])
    assert found.places["Dinas Kesehatan – utara"].index == "3"
