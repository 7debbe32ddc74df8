"""The table is believed only under the ruleset's very number; what the kernel does not say is asked of nft."""

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shaping.drivers.linux import nft, ruleset
from shaping.drivers.linux.owners import Map
from shaping.drivers.linux.rtnetlink import attribute
from shaping.drivers.linux.ruleset import KnownTable, TableReading

HEAD = struct.pack("=BBH", 1, 0, 0)


class Answers:
    """A kernel that answers with these messages, or refuses to."""

    def __init__(self, *contents: bytes, refuses: bool = False) -> None:
        self.contents, self.refuses = contents, refuses

    def ask(self, kind: int, flags: int, body: bytes) -> list[tuple[int, bytes]]:
        if self.refuses:
            raise OSError(1, os.strerror(1))
        return [(kind, HEAD + content) for content in self.contents]


def planted(monkeypatch: pytest.MonkeyPatch, answers: Answers) -> None:
    @contextmanager
    def opened(protocol: int) -> Iterator[Answers]:
        yield answers

    monkeypatch.setattr(ruleset, "opened", opened)


def readings(monkeypatch: pytest.MonkeyPatch, numbers: list[int | None]) -> list[str]:
    """Which of these tables each reading gives; the numbers are what the kernel says, one after the other."""
    tables = iter(TableReading(name, Map({})) for name in "abcdef")
    answers = iter(numbers)
    monkeypatch.setattr(ruleset, "ruleset_number", lambda: next(answers))
    monkeypatch.setattr(ruleset, "read_table", lambda family: next(tables))
    known = KnownTable()
    return [str(known.read(nft.ROUTED).listing) for _ in range(2)]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        # Read under 7, and 7 still holds.
        ([7, 7, 7], ["a", "a"]),
        # Somebody changed a table since.
        ([7, 7, 8, 8], ["a", "b"]),
        # Somebody changed one while it was read.
        ([7, 8, 8, 8], ["a", "b"]),
        # A kernel that does not say.
        ([None, None], ["a", "b"]),
    ],
)
def test_a_table_is_believed_under_its_own_number_and_no_other(
    monkeypatch: pytest.MonkeyPatch, numbers: list[int | None], told: list[str]
) -> None:
    assert readings(monkeypatch, numbers) == told


def test_the_other_family_s_table_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruleset, "ruleset_number", lambda: 7)
    monkeypatch.setattr(ruleset, "read_table", lambda family: TableReading(family, Map({})))
    known = KnownTable()
    assert [known.read(family).listing for family in (nft.ROUTED, nft.BRIDGED)] == ["inet", "bridge"]


def test_the_number_is_read_from_the_kernel_s_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    planted(monkeypatch, Answers(attribute(1, struct.pack("!I", 258)) + attribute(2, b"\0\0\0\1")))
    assert ruleset.ruleset_number() == 258
    for answers in (Answers(refuses=True), Answers(), Answers(attribute(2, b"\0\0\0\1"))):
        planted(monkeypatch, answers)
        assert ruleset.ruleset_number() is None


def test_counters_are_those_of_our_own_table(monkeypatch: pytest.MonkeyPatch) -> None:
    def counter(table: bytes, name: bytes, size: int) -> bytes:
        data = attribute(1, struct.pack("!Q", size)) + attribute(2, struct.pack("!Q", 3))
        return attribute(1, table + b"\0") + attribute(2, name + b"\0") + attribute(4, data)

    planted(monkeypatch, Answers(counter(b"lebarpita", b"stray_receive", 1 << 40), counter(b"other", b"mine", 5)))
    assert ruleset.counter_bytes(nft.ROUTED) == {"stray_receive": 1 << 40}
    planted(monkeypatch, Answers(refuses=True))
    assert ruleset.counter_bytes(nft.ROUTED) == {}
