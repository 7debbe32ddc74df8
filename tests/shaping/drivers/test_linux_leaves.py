"""The leaf: each kind's limits and options as the kernel's headers have them, and which kernel gets which."""

import errno
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shaping.drivers.linux import probing
from shaping.drivers.linux.leaves import KINDS
from shaping.drivers.linux.probing import Probe, known_leaf, tried
from shaping.drivers.linux.rtnetlink import QueueMessage, attributes, read_message
from shaping.errors import ShapingError

CEILINGS = st.integers(32_000, 12_500_000_000)


class OtherKernel:
    """A kernel that has some kinds, and may round a limit: it takes what is sent and tells it back."""

    def __init__(self, kinds: tuple[str, ...], rounds: tuple[str, ...] = (), number: int = errno.ENOENT) -> None:
        self.kinds, self.rounds, self.number = kinds, rounds, number
        self.asked: list[str] = []
        self.interfaces: list[str] = []
        self.removed = 0
        self._there: list[QueueMessage] = []

    def add_interface(self, name: str, kind: str) -> None:
        if not self.kinds:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))
        self.interfaces.append(kind)

    def remove_interface(self, index: int) -> None:
        self.removed += 1

    def change(self, kind: int, flags: int, body: bytes) -> None:
        message = read_message(kind, body)
        self.asked.append(message.kind)
        if message.kind not in self.kinds:
            raise OSError(self.number, os.strerror(self.number))
        self._there = [message._replace(options=b"") if message.kind in self.rounds else message]

    def dump(self, kind: int, index: int) -> list[QueueMessage]:
        return self._there


@pytest.fixture()
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[OtherKernel]]:
    kernels: list[OtherKernel] = []

    @contextmanager
    def opened() -> Iterator[OtherKernel]:
        yield kernels[0]

    monkeypatch.setattr(probing, "opened", opened)
    monkeypatch.setattr("socket.if_nametoindex", lambda name: 7)
    yield kernels


@pytest.mark.parametrize("best", KINDS)
def test_each_kernel_gets_the_best_leaf_that_it_has(best: str, planted: list[OtherKernel]) -> None:
    names = list(KINDS)
    planted.append(OtherKernel(tuple(names[names.index(best) :])))
    assert tried() == Probe(best, dict.fromkeys(names[: names.index(best)], "ENOENT"))
    # A small and a large limit of the kind that is used; the interface is gone afterwards.
    assert planted[0].asked[-2:] == [best, best] and planted[0].removed == 1


def test_a_kind_that_tells_another_limit_than_was_sent_is_not_used(planted: list[OtherKernel]) -> None:
    """It would differ from what is wanted at every reading, for ever."""
    planted.append(OtherKernel(tuple(KINDS), rounds=("cake",)))
    probe = tried()
    assert probe.leaf == "fq_codel" and "for a limit of" in probe.refusals["cake"]
    assert probe.sentence.startswith("fq_codel below each class; not in this kernel: cake tells")


def test_another_refusal_is_told_by_its_name_and_bfifo_remains(planted: list[OtherKernel]) -> None:
    planted.append(OtherKernel(("bfifo",), number=errno.EOPNOTSUPP))
    assert tried().refusals == dict.fromkeys(("cake", "fq_codel", "sfq"), errno.errorcode[errno.EOPNOTSUPP])


def test_without_the_right_nothing_is_guessed_and_nothing_kept(planted: list[OtherKernel], tmp_path: Path) -> None:
    planted.append(OtherKernel(()))
    with pytest.raises(ShapingError, match="is CAP_NET_ADMIN there"):
        known_leaf(tmp_path / "leaf.json")
    planted[0] = OtherKernel(("bfifo",), number=errno.EPERM)
    with pytest.raises(ShapingError, match="is CAP_NET_ADMIN there"):
        known_leaf(tmp_path / "leaf.json")
    assert list(tmp_path.iterdir()) == []


def test_a_kernel_is_asked_once_a_boot(
    planted: list[OtherKernel], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, boot = tmp_path / "leaf.json", tmp_path / "boot_id"
    boot.write_text("first\n")
    monkeypatch.setattr(probing, "_BOOT", boot)
    planted.append(OtherKernel(("sfq", "bfifo")))
    assert known_leaf(file) == known_leaf(file) and planted[0].removed == 1
    boot.write_text("second\n")
    assert known_leaf(file).leaf == "sfq" and planted[0].removed == 2
    file.write_text('{"boot": "second", "leaf": "of nobody"}')
    assert known_leaf(file).leaf == "sfq" and planted[0].removed == 3


@given(CEILINGS, st.sampled_from(sorted(KINDS)))
def test_a_limit_is_read_back_from_what_is_sent(ceil: int, kind: str) -> None:
    leaf = KINDS[kind]
    assert leaf.read(leaf.options(leaf.limit(ceil), ceil)) == leaf.limit(ceil) < 2**32


def test_fifos_and_sfq_hold_fifty_milliseconds_and_ten_frames_at_least() -> None:
    assert [KINDS["bfifo"].limit(ceil) for ceil in (32_000, 2_500_000)] == [16_000, 125_000]
    assert [KINDS["sfq"].limit(ceil) // 1514 for ceil in (32_000, 2_500_000, 10**9)] == [10, 82, 127 * 128]


def test_sfq_says_its_flows_each_time_or_a_small_limit_would_bound_every_later_one() -> None:
    # struct tc_sfq_qopt: quantum, perturb_period, limit, divisor, flows.
    _, _, limit, divisor, flows = struct.unpack("=IiIII", KINDS["sfq"].options(10 * 1514, 32_000))
    assert (limit, divisor, flows) == (10, 0, 128)


@pytest.mark.parametrize(
    ("kind", "target", "interval", "memory"), [("cake", 8, 7, 10), ("fq_codel", 1, 3, 9)], ids=["cake", "fq_codel"]
)
def test_codel_s_target_holds_a_frame_and_a_half_of_a_slow_class(
    kind: str, target: int, interval: int, memory: int
) -> None:
    """By the numbers of linux/pkt_sched.h; microseconds, and bytes."""

    def told(ceil: int) -> list[int]:
        nest = attributes(KINDS[kind].options(KINDS[kind].limit(ceil), ceil))
        return [struct.unpack("=I", nest[number])[0] for number in (target, interval, memory)]

    assert told(2_500_000) == [5_000, 100_000, 500_000]
    assert told(32_000) == [70_968, 165_968, 256_000]
    assert told(12_500_000_000)[2] == 32 << 20


def test_cake_shapes_nothing_itself_and_an_offices_own_marks_decide_nothing() -> None:
    nest = attributes(KINDS["cake"].options(256_000, 32_000))
    assert struct.unpack("=Q", nest[2]) == (0,) and struct.unpack("=I", nest[3]) == (3,)


def test_options_that_are_too_short_are_a_limit_of_nothing() -> None:
    assert {kind: leaf.read(b"\0") for kind, leaf in KINDS.items()} == dict.fromkeys(KINDS, 0)
