"""What can be wrong in a router, its certificate, its licence or its people: a sentence names it, nothing changes."""

import ssl
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from ledgers import CITY, revision
from ports import free_port
from routeros_fakes import VERSIONS, certificate, converge, fake, routed

from shaping.drivers.base import RouterAccess, Site
from shaping.drivers.routeros import wire
from shaping.drivers.routeros.fake.router import FakeRouter
from shaping.drivers.routeros.fake.server import FakeServer, Trouble, serving
from shaping.drivers.routeros.fake.switches import Switches
from shaping.drivers.routeros.fake.tables import QUEUES, TYPES, Make
from shaping.drivers.routeros.machine import RouterOsDriver
from shaping.drivers.routeros.wire import open_session
from shaping.errors import ShapingError
from shaping.plan import Plan

WANTED = revision(dinkes=(625_000, 2_500_000), rsud=(1_250_000, 5_000_000))
OTHER = revision(dinkes=(625_000, 3_750_000), rsud=(1_250_000, 5_000_000))


def access(state: Path, port: int, password: str = "fake") -> RouterAccess:
    (state / "password").write_text(password)
    (state / "password").chmod(0o600)
    return RouterAccess("lebarpita", f"file:{state / 'password'}", state / "router.pem", "127.0.0.1", port)


def refused(state: Path, port: int, password: str = "fake") -> str:
    with pytest.raises(ShapingError) as error:
        open_session(access(state, port, password))
    return str(error.value)


def test_another_certificate_is_another_router(tmp_path: Path) -> None:
    certificate(tmp_path / "router.pem")
    with fake(pem=certificate(tmp_path / "another.pem")) as scene:
        assert "its certificate is not the one in" in refused(tmp_path, scene.server.port)


def test_an_expired_certificate_is_said_to_have_expired_also_where_it_is_pinned(tmp_path: Path) -> None:
    with fake(pem=certificate(tmp_path / "router.pem", days=-1)) as scene:
        assert "its certificate has expired; sign a new one there" in refused(tmp_path, scene.server.port)


def test_a_port_without_tls_is_told_how_to_have_it(tmp_path: Path) -> None:
    certificate(tmp_path / "router.pem")
    with fake() as scene, patch.object(wire, "ANSWER_SECONDS", 0.5):
        # A plain API port takes the greeting for a word and waits for its end.
        sentence = refused(tmp_path, scene.server.port)
        assert "no answer in 0.5 s" in sentence or "api-ssl" in sentence


def test_tls_without_a_certificate_is_not_taken_for_one(tmp_path: Path) -> None:
    certificate(tmp_path / "router.pem")
    # What api-ssl does without a certificate: anonymous Diffie-Hellman, which proves nobody's identity (facts 8.5).
    anonymous = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    anonymous.maximum_version = ssl.TLSVersion.TLSv1_2
    anonymous.set_ciphers("ADH:AECDH:@SECLEVEL=0")
    with serving(FakeServer(FakeRouter(), ("127.0.0.1", 0), anonymous)) as server:
        assert "set one: /ip service set api-ssl certificate=NAME" in refused(tmp_path, server.port)


def test_a_closed_port_says_what_to_enable(tmp_path: Path) -> None:
    certificate(tmp_path / "router.pem")
    assert "/ip service enable api-ssl" in refused(tmp_path, free_port())


@pytest.mark.parametrize("text", [None, "", "no certificate"])
def test_a_pin_that_is_none_says_where_to_get_it(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "router.pem").write_text(text)
    assert "/certificate export-certificate NAME" in refused(tmp_path, free_port())


def test_a_wrong_password_is_named_by_its_reference_and_never_shown(tmp_path: Path) -> None:
    with fake(pem=certificate(tmp_path / "router.pem")) as scene:
        sentence = refused(tmp_path, scene.server.port, "hunter2")
        assert "user lebarpita or the password in file:" in sentence and "hunter2" not in sentence


def test_a_group_without_api_or_without_write_is_named(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene):
        scene.router.policies = frozenset(("read", "write"))
        with pytest.raises(ShapingError, match="the group of user lebarpita has no policy api"):
            driver.plan(WANTED.queues)
        scene.router.policies = frozenset(("read", "api"))
        plan = driver.plan(WANTED.queues)
        with pytest.raises(ShapingError, match="not enough permissions"):
            driver.apply(plan)
        assert scene.queues() == []


@pytest.mark.parametrize("version", ["6.42.12 (stable)", "5.26"])
def test_a_router_that_sends_a_challenge_is_not_taken_for_one_that_let_us_in(version: str, tmp_path: Path) -> None:
    """Facts 1.12: it answers the new log-in with done, whatever the password was."""
    sentence = r"this RouterOS is older than 6\.43; upgrade it, or use driver: manual"
    with routed(tmp_path, Make(version)) as (driver, _), pytest.raises(ShapingError, match=sentence):
        driver.plan(WANTED.queues)


def test_a_session_that_the_router_ends_leaves_the_state_before_and_its_reason_is_told(tmp_path: Path) -> None:
    """Facts 1.9: the reason of a fatal reply is a bare word; nothing after it can be believed of that session."""
    with routed(tmp_path) as (driver, scene):
        plan = driver.plan(WANTED.queues)
        scene.server.trouble = Trouble("fatal", 3)
        with pytest.raises(ShapingError, match="session terminated on request"):
            driver.apply(plan)
        assert scene.queues() == []


@pytest.mark.parametrize(("version", "told"), [("7.17 (stable)", True), ("7.17.1 (stable)", False), ("7.18", False)])
def test_the_version_that_is_told_to_be_unstable_with_many_queues_is_named(
    version: str, told: bool, tmp_path: Path
) -> None:
    with routed(tmp_path, Make(version)) as (driver, _):
        lines = driver.plan_text(driver.plan(WANTED.queues))
        assert any("7.17.1 has the fix" in line for line in lines) is told


@pytest.mark.parametrize("version", ["8.0", "10.1 (stable)", "", "newest"])
def test_a_version_of_which_nothing_is_known_is_refused(version: str, tmp_path: Path) -> None:
    sentence = r"is not known here \(6\.43 to 7\); use driver: manual"
    with routed(tmp_path, Make(version)) as (driver, _), pytest.raises(ShapingError, match=sentence):
        driver.plan(WANTED.queues)


def test_a_licence_of_one_queue_is_named_before_anything_is_changed(tmp_path: Path) -> None:
    with routed(tmp_path, Make(VERSIONS[0], level="1")) as (driver, scene):
        plan = driver.plan(WANTED.queues)
        assert "licence level 1 is the free demo: it allows one queue" in driver.plan_text(plan)
        with pytest.raises(ShapingError, match="it allows one queue; 3 are wanted: license this router"):
            driver.apply(plan)
        assert scene.queues() == []


def test_a_free_chr_is_told_to_send_one_mbit(tmp_path: Path) -> None:
    with routed(tmp_path, Make(level="free")) as (driver, _):
        assert any("sends 1 Mbit/s at most" in line for line in driver.plan_text(driver.plan(WANTED.queues)))
        assert "1 Mbit/s" in str(driver.read(WANTED.queues).evidence)


def test_without_router_in_the_configuration_it_says_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(ShapingError, match=r"driver: routeros needs router: in shaping\.yaml, with user, password"):
        RouterOsDriver(Site(CITY, "isp-utama", tmp_path)).plan(WANTED.queues)


def test_a_silent_router_in_the_middle_of_an_apply_is_read_anew_and_the_state_is_that_before(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene), patch.object(wire, "ANSWER_SECONDS", 0.5):
        converge(driver, WANTED.queues)
        driver.close()
        before = scene.queues()
        plan = driver.plan(OTHER.queues)
        # The change after safe mode's own: done, and never answered.
        scene.server.trouble = Trouble("silent", 2)
        with pytest.raises(
            ShapingError, match=r"lost at /queue/simple/set.*not known; the state before it was made again"
        ):
            driver.apply(plan)
        assert scene.queues() == before
        scene.server.trouble = Trouble()
        assert scene.server.trouble.commands.count("/queue/simple/set") == 0
        converge(driver, OTHER.queues)


def test_what_was_done_and_not_answered_is_never_sent_again(tmp_path: Path) -> None:
    with routed(tmp_path, Make(VERSIONS[1])) as (driver, scene):
        plan = driver.plan(WANTED.queues)
        # The entry of the scheduler, the type, the parent: the first queue is done, its answer is lost.
        scene.server.trouble = Trouble("answer", 3)
        with pytest.raises(ShapingError, match="the state before it was made again"):
            driver.apply(plan)
        assert scene.server.trouble.commands.count("/queue/simple/add") == 1
        assert scene.queues() == []


def test_a_queue_of_somebody_s_with_our_name_is_left_alone_and_named(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene):
        scene.router.change(
            QUEUES, "add", {"name": "lebarpita-dinkes", "target": "10.10.1.0/24", "comment": "lebarpita"}
        )
        with pytest.raises(
            ShapingError, match="the queue lebarpita-dinkes is there and is not ours; rename or remove it"
        ):
            driver.plan(WANTED.queues)


def test_a_queue_type_of_our_name_and_another_kind_is_named(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene):
        scene.router.change(TYPES, "add", {"name": "lebarpita-fq-codel", "kind": "red"})
        with pytest.raises(ShapingError, match="lebarpita-fq-codel is there with kind red, not fq-codel"):
            driver.plan(WANTED.queues)


def test_a_router_that_lacks_the_kind_of_queue_is_left_as_it_was(tmp_path: Path) -> None:
    with routed(tmp_path, Make(switches=Switches(kinds_of_queue="old"))) as (driver, scene):
        with pytest.raises(ShapingError, match="input does not match any value of kind; the state before it was made"):
            driver.apply(driver.plan(WANTED.queues))
        assert scene.queues() == []


def test_what_somebody_changed_after_the_plan_was_read_is_not_overwritten(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene):
        converge(driver, WANTED.queues)
        plan = driver.plan(OTHER.queues)
        row = scene.router.menus[QUEUES].rows[1]
        scene.router.change(QUEUES, "set", {".id": row[".id"], "max-limit": "1M/1M", "limit-at": "0/0"})
        with pytest.raises(ShapingError, match="the router has changed since this plan was read; plan again"):
            driver.apply(plan)
        assert row["max-limit"] == "1000000/1000000"


def test_an_id_that_is_another_queue_s_by_now_is_never_used(tmp_path: Path) -> None:
    """Between the reading of an apply and its command a row can go, and its number be somebody's (facts 1.33)."""
    with routed(tmp_path) as (driver, scene):
        converge(driver, WANTED.queues)
        plan = driver.plan(OTHER.queues)
        rows = scene.router.menus[QUEUES].rows
        names = [row["name"] for row in rows]
        place, arm = names.index("lebarpita-dinkes"), wire.ApiSession.ask

        def renumbered(session: wire.ApiSession, command: str, *words: str) -> wire.ApiAnswer:
            if command == "/safe-mode/take":
                rows[place][".id"], rows[place + 1][".id"] = rows[place + 1][".id"], rows[place][".id"]
            return arm(session, command, *words)

        with patch.object(wire.ApiSession, "ask", renumbered):
            driver.apply(plan)
        driver.confirm(plan, "a test", 0.0)
        assert {row["name"]: row["max-limit"] for row in rows}["lebarpita-dinkes"] == "30000000/30000000"


@pytest.mark.parametrize("code", ["no", "123", "true", "007"])
def test_an_office_whose_code_looks_like_another_type_keeps_its_name(code: str, tmp_path: Path) -> None:
    opds = tuple(opd.model_copy(update={"code": code}) if opd.code == "rsud" else opd for opd in CITY.opds)
    queues = [replace(queue, opd=code) if queue.opd == "rsud" else queue for queue in WANTED.queues]
    with routed(tmp_path, city=CITY.model_copy(update={"opds": opds})) as (driver, scene):
        # Somebody's queue whose comment is no text to the library, and a code page that is no UTF-8.
        scene.router.change(QUEUES, "add", {"name": "no", "target": "192.0.2.0/24", "comment": "true"})
        scene.router.change(QUEUES, "add", {"name": "caf\xe9", "target": "192.0.2.0/24", "comment": "\xe7\xba"})
        plan: Plan = converge(driver, queues)
        assert not plan.empty and driver.plan(queues).empty
        assert {row["name"] for row in scene.queues()} >= {f"lebarpita-{code}", "no", "caf\xe9"}
        assert set(driver.read(queues).queues.values()) == set(queues)


@pytest.mark.parametrize(
    ("name", "value"),
    [("max-limit", "a lot"), ("limit-at", "/"), ("bytes", "1/x"), ("target", "\xff\xfe"), ("name", "")],
)
def test_an_answer_that_cannot_be_read_is_a_sentence_and_no_traceback(name: str, value: str, tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene):
        converge(driver, WANTED.queues)
        scene.router.menus[QUEUES].rows[1][name] = value
        try:
            reading = driver.read(WANTED.queues)
        except ShapingError as error:
            assert "cannot be read" in str(error)
        else:
            assert reading.missing
