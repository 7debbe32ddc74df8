"""Anchors: what was printed, mailed or time-stamped proves the past, also against who can write every hash anew."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from timestamp_authority import Authority, timestamp_authority
from tracker_office import INVENTORY, MONDAY, new_desk, request, to_technician

from request_tracker.cases import Desk
from request_tracker.cases.events import COLUMNS as EVENT_COLUMNS
from request_tracker.cli import main
from request_tracker.config import AnchorPart, TimestampPart, TrackerConfig
from request_tracker.custody.anchor import TITLE, Anchor, anchor_faults, read_anchor, take_anchor
from request_tracker.custody.anchoring import anchor_when_due
from request_tracker.custody.der import with_sorted_certificates
from request_tracker.custody.timestamp import stamp_text, stamped_at
from request_tracker.custody.upkeep import audit
from request_tracker.errors import TrackerError
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.store import seals
from request_tracker.store.chain import digest

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path)
    to_technician(desk, request(desk))
    add_user(desk.store, NewAccount("kadis", "Siti Aminah", ("head_of_office",), "sandi-yang-panjang"), MONDAY)
    yield desk
    desk.store.close()


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    with timestamp_authority(tmp_path / "tsa") as authority:
        yield authority


@pytest.fixture(scope="module")
def stamped_once(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """One answer as OpenSSL's responder sends it: with a chain of certificates, in the order of its file."""
    with timestamp_authority(tmp_path_factory.mktemp("once") / "tsa") as authority:
        return base64.b64decode(stamp_text("satu\n", authority.url, authority.roots))


def rewrite(desk: Desk) -> None:
    """What the database's owner can do: change an event in the past, and write every hash and seal after it anew."""
    db = desk.store.db
    names = [row["name"] for row in desk.store.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    triggers = {name: desk.store.value("SELECT sql FROM sqlite_master WHERE name = ?", [name]) for name in names}
    for name in names:
        db.execute(f'DROP TRIGGER "{name}"')
    number = desk.store.value("SELECT number FROM cases")
    previous, first = "0" * 64, True
    for row in desk.store.rows("SELECT * FROM events ORDER BY seq"):
        data = json.loads(row["data"])
        if row["kind"] == "signed" and first:
            data, first = {**data, "note": "disetujui"}, False
        body = {"case": number, **{key: row[key] for key in EVENT_COLUMNS}, "data": data}
        hash_ = digest(body, previous)
        text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        change = [text, previous, hash_, row["id"]]
        db.execute("UPDATE events SET data = ?, previous_hash = ?, hash = ? WHERE id = ?", change)
        previous = hash_
    for sql in triggers.values():
        db.execute(sql)
    with desk.store.transaction() as open_db:
        seals.renew(open_db)


def test_a_past_that_nobody_touched_fits_its_anchor_and_goes_on(desk: Desk) -> None:
    anchor = take_anchor(desk.store, NOW)
    request(desk)
    add_user(desk.store, NewAccount("baru", "Nama Baru", ("technician",), "sandi-yang-panjang"), MONDAY)
    assert anchor_faults(desk.store, anchor) == []


def test_a_past_written_anew_by_the_databases_owner_verifies_by_itself_and_not_by_its_anchor(desk: Desk) -> None:
    anchor = take_anchor(desk.store, NOW)
    rewrite(desk)
    assert audit(desk) == [], "without an anchor nothing is to be seen"
    assert [fault.split(":")[0] for fault in anchor_faults(desk.store, anchor)] == ["events"]


@pytest.mark.parametrize("table", ["events", "rights_journal"])
def test_rows_cut_off_the_end_do_not_fit(desk: Desk, table: str) -> None:
    anchor = take_anchor(desk.store, NOW)
    key = {"events": "id", "rights_journal": "seq"}[table]
    desk.store.db.execute(f"DROP TRIGGER {table}_no_delete")
    desk.store.db.execute(f"DELETE FROM {table} WHERE {key} = (SELECT max({key}) FROM {table})")
    (fault,) = anchor_faults(desk.store, anchor)
    assert "were anchored at" in fault and "are there now" in fault


def test_the_text_is_read_from_among_the_lines_of_a_message(desk: Desk) -> None:
    anchor = take_anchor(desk.store, NOW)
    assert read_anchor(f"Yth. auditor\r\n\r\n{anchor.text}\r\nsalam", "mail") == anchor


@pytest.mark.parametrize("spoil", [lambda text: "", lambda text: text[:-80], lambda text: text.replace(TITLE, "x")])
def test_what_is_no_whole_anchor_is_refused_by_its_name(desk: Desk, spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(TrackerError, match=r"jangkar\.txt"):
        read_anchor(spoil(take_anchor(desk.store, NOW).text), "jangkar.txt")


def test_an_authority_stamps_and_the_stamp_is_true_for_this_text_alone(authority: Authority) -> None:
    timestamp = stamp_text("satu\n", authority.url, authority.roots)
    assert abs(stamped_at(timestamp, "satu\n", authority.roots, "x") - datetime.now(UTC)) < timedelta(hours=1)
    with pytest.raises(TrackerError, match="not true for this text"):
        stamped_at(timestamp, "dua\n", authority.roots, "x")


def test_a_stamp_of_an_authority_nobody_trusts_is_refused(authority: Authority, tmp_path: Path) -> None:
    timestamp = stamp_text("satu\n", authority.url, authority.roots)
    with timestamp_authority(tmp_path / "other") as other, pytest.raises(TrackerError, match="not true"):
        stamped_at(timestamp, "satu\n", other.roots, "x")


@pytest.mark.parametrize("answer", [b"halo", b"\x30\x03\x02\x01", b"x" * 70_000])
def test_an_answer_that_is_no_time_stamp_is_refused(authority: Authority, answer: bytes) -> None:
    authority.garbles = answer
    with pytest.raises(TrackerError, match=r"time stamp|more than"):
        stamp_text("satu\n", authority.url, authority.roots)


@pytest.mark.parametrize("length", [0, 1, 9, 10, 300, -1])
def test_an_answer_cut_short_anywhere_is_passed_on_as_it_came(authority: Authority, length: int) -> None:
    whole = base64.b64decode(stamp_text("satu\n", authority.url, authority.roots))
    cut = whole[:length]
    assert with_sorted_certificates(cut) in (cut, with_sorted_certificates(whole)[:length])


@pytest.mark.parametrize("bit", range(0, 4000, 61))
def test_a_flipped_bit_of_a_time_stamp_never_raises_in_the_sorting(bit: int, stamped_once: bytes) -> None:
    place, mask = divmod(bit % (8 * len(stamped_once)), 8)
    spoiled = stamped_once[:place] + bytes([stamped_once[place] ^ 1 << mask]) + stamped_once[place + 1 :]
    assert len(with_sorted_certificates(spoiled)) == len(spoiled)


def test_an_authority_that_is_away_is_named(authority: Authority) -> None:
    with pytest.raises(TrackerError, match=r"127\.0\.0\.1:9/ does not answer"):
        stamp_text("satu\n", "http://127.0.0.1:9/", authority.roots)


def config_of(desk: Desk, folder: Path, **anchor: object) -> TrackerConfig:
    part = AnchorPart.model_validate(anchor)
    return TrackerConfig(inventory=INVENTORY, database=desk.store.path, files=folder / "files", anchor=part)


def test_the_job_anchors_once_a_week_stamps_mails_keeps_and_records(
    desk: Desk, tmp_path: Path, authority: Authority
) -> None:
    stamps = TimestampPart(url=authority.url, roots=authority.roots)
    config = config_of(desk, tmp_path, every="weekly", mail_to=("auditor@kota.example",), timestamp=stamps)
    now = datetime.now(UTC)
    anchor = anchor_when_due(desk.store, config, now)
    assert anchor is not None and anchor_when_due(desk.store, config, now + timedelta(days=6)) is None
    (file,) = (tmp_path / "jangkar").iterdir()
    assert read_anchor(file.read_text(), file) == anchor
    assert stamped_at(anchor.timestamp, anchor.text, authority.roots, file)
    (row,) = desk.store.rows("SELECT recipient, payload FROM outbox WHERE key LIKE 'anchor:%'")
    assert row["recipient"] == "mail:auditor@kota.example" and json.loads(row["payload"])["subject"] == anchor.text
    assert desk.store.value("SELECT count(*) FROM rights_journal WHERE kind = 'anchored'") == 1
    assert anchor_when_due(desk.store, config, now + timedelta(days=8)) is not None


def test_an_authority_that_is_away_leaves_nothing_written_down_as_done(desk: Desk, tmp_path: Path) -> None:
    stamps = TimestampPart(url="http://127.0.0.1:9/", roots=tmp_path / "none.pem")
    with pytest.raises(TrackerError, match="does not answer"):
        anchor_when_due(desk.store, config_of(desk, tmp_path, every="daily", timestamp=stamps), NOW)
    assert not (tmp_path / "jangkar").exists()
    assert desk.store.value("SELECT count(*) FROM rights_journal WHERE kind = 'anchored'") == 0


def test_a_daily_anchor_is_made_once_a_day_and_never_is_never(desk: Desk, tmp_path: Path) -> None:
    config, now = config_of(desk, tmp_path, every="daily"), datetime.now(UTC)
    assert anchor_when_due(desk.store, config, now) is not None
    assert anchor_when_due(desk.store, config, now + timedelta(hours=23)) is None
    assert anchor_when_due(desk.store, config, now + timedelta(hours=25)) is not None
    never = config_of(desk, tmp_path, every="never")
    assert anchor_when_due(desk.store, never, now + timedelta(days=400)) is None


def test_nothing_is_anchored_where_nobody_asked_for_it(desk: Desk, tmp_path: Path) -> None:
    assert anchor_when_due(desk.store, config_of(desk, tmp_path), NOW) is None


@pytest.fixture
def settings(desk: Desk, tmp_path: Path, authority: Authority) -> Path:
    path = tmp_path / "tracker.yaml"
    path.write_text(
        f"inventory: {INVENTORY}\ndatabase: {desk.store.path}\nfiles: {tmp_path / 'files'}\n"
        f"anchor:\n  timestamp:\n    url: {authority.url}\n    roots: {authority.roots}\n"
    )
    return path


def test_the_commands_make_an_anchor_and_prove_the_past_by_it(
    desk: Desk, settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "jangkar.txt")
    assert main(["audit", "anchor", "--out", file, "--config", str(settings)]) == 0
    assert main(["audit", "anchor", "--out", file, "--config", str(settings)]) == 1
    assert "exists already" in capsys.readouterr().err
    assert main(["audit", "verify", "--anchor", file, "--config", str(settings)]) == 0
    assert "is unchanged; time-stamped 20" in capsys.readouterr().out
    rewrite(desk)
    desk.store.close()
    assert main(["audit", "verify", "--config", str(settings)]) == 0
    assert main(["audit", "verify", "--anchor", file, "--config", str(settings)]) == 1
    assert "are not those that were anchored" in capsys.readouterr().out


def test_an_anchor_copied_from_paper_has_no_stamp_and_says_so(
    desk: Desk, settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "disalin.txt"
    file.write_text(take_anchor(desk.store, NOW).text)
    assert main(["audit", "verify", "--anchor", str(file), "--config", str(settings)]) == 0
    assert "no authority has stamped it" in capsys.readouterr().out


def test_an_anchor_whose_text_was_changed_does_not_fit_its_stamp(
    desk: Desk, settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "jangkar.txt"
    assert main(["audit", "anchor", "--out", str(file), "--config", str(settings)]) == 0
    anchor = read_anchor(file.read_text(), file)
    file.write_text(Anchor("2020-01-01T00:00:00.000000+00:00", anchor.heads, anchor.timestamp).file_text)
    assert main(["audit", "verify", "--anchor", str(file), "--config", str(settings)]) == 1
    assert "not true for this text" in capsys.readouterr().err
