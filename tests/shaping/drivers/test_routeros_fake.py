"""The fake RouterOS against librouteros, a client that real routers are driven with: it says what the facts say."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pytest
from children import child
from hypothesis import given, settings
from hypothesis import strategies as st
from librouteros import connect
from librouteros.exceptions import FatalError, TrapError
from librouteros.protocol import encode_sentence as their_sentence
from routeros_fakes import VERSIONS, Scene, fake

from shaping.drivers.routeros.fake.switches import Switches
from shaping.drivers.routeros.fake.tables import Make
from shaping.drivers.routeros.fake.words import encode_sentence, read_sentence


class Client:
    """Raw words to a fake, and the replies up to ``!done``."""

    def __init__(self, scene: Scene, password: str = "") -> None:
        self.api = connect(
            "127.0.0.1", "lebarpita", password or scene.router.password, port=scene.server.port, encoding="latin-1"
        )

    def say(self, *words: str) -> list[tuple[str, ...]]:
        self.api.protocol.writeSentence(*words)
        replies: list[tuple[str, ...]] = []
        while not replies or replies[-1][0] != "!done":
            reply, rest = self.api.protocol.readSentence()
            replies.append((reply, *rest))
        return replies

    def refused(self, *words: str) -> str:
        replies = self.say(*words)
        assert [reply[0] for reply in replies] == ["!trap", "!done"], replies
        return replies[0][-1].removeprefix("=message=")

    def add(self, name: str, *more: str) -> str:
        return self.say("/queue/simple/add", f"=name={name}", "=target=10.1.0.0/24", *more)[-1][1].removeprefix("=ret=")


@contextmanager
def client(make: Make | None = None) -> Iterator[tuple[Client, Scene]]:
    with fake(make) as scene:
        talker = Client(scene)
        try:
            yield talker, scene
        finally:
            talker.api.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_queue_is_added_printed_changed_and_removed(version: str) -> None:
    with client(Make(version)) as (talker, _):
        queues = talker.api.path("queue", "simple")
        identity = queues.add(name="dinkes", target="10.1.0.0/24", **{"max-limit": "20M/100M", "burst-time": "10/10"})
        (row,) = queues
        assert row[".id"] == identity and row["max-limit"] == "20000000/100000000"
        assert row["burst-time"] == "10s/10s" and row["queue"] == "default-small/default-small"
        assert "comment" not in row and row["dynamic"] is False
        queues.update(**{".id": identity, "max-limit": "8400k/0"})
        assert next(iter(queues))["max-limit"] == "8400000/0"
        queues.remove(identity)
        assert list(queues) == []


@settings(max_examples=60)
@given(st.lists(st.text(st.characters(max_codepoint=255), min_size=1, max_size=400), min_size=1, max_size=5))
def test_each_of_two_codecs_reads_what_the_other_wrote(words: list[str]) -> None:
    written = encode_sentence(words)
    assert written == their_sentence(*words, encoding="latin-1")
    assert read_sentence(BytesIO(written).read) == words


@pytest.mark.parametrize("length", [0x7F, 0x80, 0x100, 0x3FFF, 0x4000, 0xFFFFF])
def test_a_long_word_is_one_word(length: int) -> None:
    assert read_sentence(BytesIO(encode_sentence(["x" * length])).read) == ["x" * length]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("=target=10.1.0.0/24", "=name=dinkes"), "failure: already have such name"),
        (("=name=x",), "missing =target="),
        (("=target=10.1.0.0/24", "=parent=nobody"), "input does not match any value of parent"),
        (("=target=10.1.0.0/24", "=queue=cake/cake"), "input does not match any value of queue"),
        (("=target=ether9",), "input does not match any value of interface"),
        (("=target=10.1.0.0/24", "=bytes=1/1"), "unknown parameter bytes"),
        (("=target=10.1.0.0/24", "=max-limit=8.4M/8M"), "invalid value  for upload-max-limit, an integer required"),
        (
            ("=target=10.1.0.0/24", "=limit-at=1/9", "=max-limit=5/5"),
            "failure: download-max-limit less than download-limit",
        ),
    ],
)
def test_what_a_router_refuses_is_refused_in_its_words_and_nothing_changes(words: tuple[str, ...], text: str) -> None:
    with client() as (talker, scene):
        talker.add("dinkes")
        before = scene.queues()
        assert talker.refused("/queue/simple/add", *words) == text
        assert scene.queues() == before


def test_a_set_needs_its_row_and_place_before_is_for_add_alone() -> None:
    with client() as (talker, _):
        identity = talker.add("dinkes")
        assert talker.refused("/queue/simple/set", "=comment=x") == "missing =.id="
        assert talker.refused("/queue/simple/remove", "?name=dinkes") == "missing =.id="
        assert talker.refused("/queue/simple/set", "=.id=*FF", "=comment=x") == "no such item"
        talker.add("first", f"=place-before={identity}")
        rows = talker.say("/queue/simple/print", "=.proplist=name")
        assert rows[:2] == [("!re", "=name=first"), ("!re", "=name=dinkes")]


def test_no_rows_are_said_from_7_18_on() -> None:
    for version, replies in zip(VERSIONS, [["!done"], ["!done"], ["!empty", "!done"]], strict=True):
        with client(Make(version)) as (talker, _):
            assert [reply[0] for reply in talker.say("/queue/simple/print")] == replies


def test_queries_are_a_stack() -> None:
    with client() as (talker, _):
        for name in ("a", "b", "c"):
            talker.add(name)
        rows = talker.say("/queue/simple/print", "=.proplist=name", "?name=a", "?=name=b", "?#|!")
        assert rows == [("!re", "=name=c"), ("!done",)]
        assert talker.say("/queue/simple/print", "=count-only=", "?-nothing") == [("!done", "=ret=3")]


def test_a_log_in_is_needed_and_a_wrong_one_is_said() -> None:
    with client() as (talker, scene):
        with pytest.raises(TrapError, match=r"invalid user name or password \(6\)"):
            Client(scene, "wrong")
        with pytest.raises(FatalError, match="session terminated on request"):
            talker.say("/quit")


def test_a_user_without_write_reads_only() -> None:
    with client() as (talker, scene):
        scene.router.policies = frozenset(("read", "api"))
        assert talker.refused("/queue/simple/add", "=target=10.1.0.0/24") == "not enough permissions (9)"
        assert talker.say("/system/resource/print")[0][0] == "!re"


def test_safe_mode_is_there_from_7_18_on_and_ends_with_its_session() -> None:
    with client(Make(VERSIONS[0])) as (talker, _):
        assert talker.refused("/safe-mode/take").startswith("no such command")
    with client() as (talker, scene):
        talker.say("/safe-mode/take")
        talker.add("dinkes")
        talker.say("/safe-mode/unroll")
        assert scene.queues() == []


def test_an_entry_of_the_scheduler_runs_after_its_interval_and_can_take_itself_away() -> None:
    script = ':do {/queue simple remove [find name="dinkes"]} on-error={}\n/system scheduler remove [find name="undo"]'
    with client() as (talker, scene):
        talker.add("dinkes")
        talker.say("/system/scheduler/add", "=name=undo", "=interval=30s", f"=on-event={script}", "=policy=read,write")
        scene.clock.now += 29
        scene.router.tick()
        assert len(scene.queues()) == 1
        scene.clock.now += 1
        scene.router.tick()
        assert scene.queues() == [] and scene.router.menus["/system/scheduler"].rows == []


def test_an_open_question_is_a_switch() -> None:
    with client(Make(switches=Switches(host_bits="refused", one_sided_zero="refused"))) as (talker, _):
        assert talker.refused("/queue/simple/add", "=target=10.1.0.5/24") == "invalid value for argument target"
        refusal = talker.refused("/queue/simple/add", "=target=10.1.0.0/24", "=max-limit=0/5M")
        assert refusal == "invalid value for argument max-limit"


def test_it_is_a_program_that_names_itself_a_fake() -> None:
    command = [sys.executable, "-m", "shaping.drivers.routeros.fake", "--version", "6.49.19"]
    with child(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        line = started.stdout.readline()
        assert line.startswith("FAKE RouterOS 6.49.19, no real router, on 127.0.0.1:")
        port, password = line.split(",")[2].rpartition(":")[2], line.split()[-1]
        api = connect("127.0.0.1", "lebarpita", password, port=int(port))
        assert [row["version"] for row in api.path("system", "resource")] == ["6.49.19"]
        api.close()


def test_an_unknown_switch_is_refused_with_what_there_is() -> None:
    command = [sys.executable, "-m", "shaping.drivers.routeros.fake", "--switch", "host_bits=maybe"]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 2 and "host_bits is one of cleared, as_written, refused" in refused.stderr
