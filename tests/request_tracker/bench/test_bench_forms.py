"""The crowd sends forms too: each is looked for in the database afterwards, and what did not take effect is wrong."""

import json
import os
import random
from dataclasses import replace
from pathlib import Path

import pytest
from tracker_office import INVENTORY, MONDAY

from request_tracker import cli
from request_tracker.bench import archive, commands, office, tables
from request_tracker.bench.archive import fill
from request_tracker.bench.browser import Upload, hidden_fields
from request_tracker.bench.effects import checked, doubled, form_lines
from request_tracker.bench.forms import KINDS, Errands, ErrandSupply
from request_tracker.bench.made_up_papers import letter, photograph
from request_tracker.bench.people import Crowd, PageTimes, Tour, attend
from request_tracker.bench.process import LOG_BYTES, Footprint, Watcher, unflat
from request_tracker.bench.server import MadeUpOffice, made_up_office, serving
from request_tracker.bench.tables import ArchiveMeasurement, broken, growth, memory_line
from request_tracker.cases import Desk
from request_tracker.config import UploadsPart
from request_tracker.custody.upkeep import audit
from request_tracker.store.database import Store
from request_tracker.store.upload_check import accept

ACTS = 60


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> tuple[MadeUpOffice, Tour]:
    """A small office whose crowd has only sent forms, each as often as chance had it."""
    folder = tmp_path_factory.mktemp("bench")
    made = made_up_office(folder, INVENTORY, 200)
    crowd = Crowd(people=4, reading_seconds=0.01, seconds=600, forms_percent=100, acts=ACTS)
    tour = Tour(made.place, made.pages, Errands(made.supply), made.sessions, crowd)
    with serving(made, folder):
        attend(tour)
    return made, tour


def test_every_kind_of_form_takes_effect_once_also_where_it_is_sent_twice(visited: tuple[MadeUpOffice, Tour]) -> None:
    made, tour = visited
    store = Store(made.config.database)
    forms = checked(store, made.config.files, tour.attendance.forms)
    assert len(forms) == ACTS and {form.errand.form for form in forms} == set(KINDS)
    assert [form.errand for form in forms if not form.right] == []
    assert any(form.errand.twice for form in forms) and doubled(store, made.last_entry, forms) == 0
    assert [(line.form, line.wrong) for line in form_lines(forms)] == [(True, 0)] * len(KINDS)
    store.close()


def test_a_form_that_was_answered_and_did_not_take_effect_is_a_wrong_answer(
    visited: tuple[MadeUpOffice, Tour], tmp_path: Path
) -> None:
    made, tour = visited
    store = Store(made.config.database)
    sent = {form.errand.form: form for form in tour.attendance.forms}
    gone = [replace(form, key="never-sent", errand=replace(form.errand, facts={})) for form in sent.values()]
    lost = [form for form in gone if form.errand.form == "request"]
    assert [form.right for form in checked(store, made.config.files, lost)] == [False]
    papers = [form for form in sent.values() if form.errand.file]
    assert [form.right for form in checked(store, tmp_path, papers)] == [False, False], "its paper is not on the disk"
    refused = [replace(sent["comment"], right=False)]
    assert not checked(store, made.config.files, refused)[0].right
    without_keys = [form for form in tour.attendance.forms if not form.key]
    assert doubled(store, made.last_entry, without_keys) > 0
    store.close()


def test_the_papers_of_the_crowd_are_accepted_as_those_of_people(tmp_path: Path) -> None:
    assert accept(letter(1), "surat.pdf", UploadsPart()).mime == "application/pdf" and letter(1) != letter(2)
    assert accept(photograph(1), "foto.jpg", UploadsPart()).mime == "image/jpeg" and photograph(1) != photograph(2)


def test_an_errand_is_handed_out_once_and_a_request_where_nothing_is_left() -> None:
    errands, chance = Errands(ErrandSupply(("dinkes",), ("A/1",), ("B/1", "B/2"), ("C/1",))), random.Random(1)
    taken = [errands.take(chance) for _ in range(200)]
    numbers = [errand.facts["number"] for errand in taken if errand.form in ("signature", "acknowledgement")]
    assert sorted(numbers) == ["B/1", "B/2", "C/1"]
    assert sum(errand.twice for errand in taken) == 20


def test_the_hidden_fields_are_those_of_the_form_that_is_meant() -> None:
    page = (
        '<form action="/a"><input type="hidden" name="key" value="1"></form><form class="x"\naction="/b">'
        '<input type="hidden" name="key" value="&#34;2&#34;"><input type="hidden" name="version" value="7"></form>'
    )
    assert hidden_fields(page, 'action="/b"') == {"key": '"2"', "version": "7"}
    assert hidden_fields(page, 'action="/c"') is None
    assert Upload("a", "b", b"c").name == "b"


def test_an_archive_made_in_several_transactions_is_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "AT_ONCE", 7)
    monkeypatch.setattr(office, "AT_ONCE", 7)
    fill(desk, 60, MONDAY)
    office.letters(desk, 20, MONDAY)
    assert desk.store.value("SELECT count(*) FROM cases") == 60
    assert desk.store.value("SELECT count(*) FROM letter_register") == 20
    assert audit(desk) == []


def line(p95: float, form: bool = False, wrong: int = 0) -> PageTimes:
    return PageTimes("case", 100, wrong, p95 / 2, p95, p95 * 2, form)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([line(100), line(300, form=True)], []),
        ([line(101)], ["case: p95 is 101 ms, 100 were promised"]),
        ([line(301, form=True)], ["case: p95 is 301 ms, 300 were promised"]),
        ([line(1, wrong=2)], ["case: 2 wrong answers"]),
    ],
    ids=("held", "slow page", "slow form", "wrong"),
)
def test_pages_and_forms_are_held_to_their_own_goals(lines: list[PageTimes], said: list[str]) -> None:
    assert broken(ArchiveMeasurement(100_000, 0, 0, lines)) == said


def test_beyond_the_promise_and_in_a_soak_only_what_is_wrong_is_judged() -> None:
    assert broken(ArchiveMeasurement(1_000_000, 0, 0, [line(999), line(999, form=True)])) == []
    assert broken(ArchiveMeasurement(100, 0, 0, [line(999)]), timed=False) == []
    assert len(broken(ArchiveMeasurement(1_000_000, 0, 0, [line(1, wrong=1)], doubled=3))) == 2


def test_the_growth_from_one_archive_to_the_next_is_told() -> None:
    small = ArchiveMeasurement(100_000, 900 * 2**20, 50, [line(40), line(100, form=True)])
    large = ArchiveMeasurement(1_000_000, 9000 * 2**20, 600, [line(60), line(110, form=True)])
    told = "\n".join(growth([small, large]))
    assert "10 times the cases: p95 of pages 1.50 times as long" in told
    assert "10 times the cases: p95 of forms 1.10 times as long" in told
    assert "9437" in told, "bytes a case"


def samples(resident: list[int], descriptors: int = 60, log: int = 0) -> list[Footprint]:
    return [Footprint(place, mib * 2**20, descriptors, log) for place, mib in enumerate(resident)]


def test_what_stays_as_it_is_after_the_warm_up_is_flat_and_what_grows_is_said() -> None:
    assert unflat(samples([50, 90, 150, *([200] * 45)])) == []
    assert unflat(samples([200] * 24 + [210] * 24)) == [], "what an allocator keeps"
    assert unflat(samples([200 + 2 * n for n in range(48)])) == ["memory grew by 82 MiB from 221"]
    busy_moments = [400 if n % 5 == 4 else 200 for n in range(48)]
    assert unflat(samples(busy_moments)) == [], "what a moment needs and gives back"
    more_files = samples([200] * 24) + samples([200] * 24, descriptors=160)
    assert unflat(more_files) == ["open files grew from 60 to 160"]
    assert "write-ahead log is 65 MiB" in unflat(samples([200] * 48, log=LOG_BYTES + 2**20))[0]


def test_the_slope_of_memory_is_said_by_the_simulated_hour_and_of_its_last_half() -> None:
    filling = [Footprint(1_000 * n, (200 + min(n, 24)) * 2**20, 60, 0) for n in range(48)]
    told = memory_line(filling, acts_a_second=10)
    assert "206.0 to 224.0 MiB" in told and "in its last half +0.0 MiB" in told
    leaking = [Footprint(1_000 * n, 200 * 2**20 + 1_024_000 * n, 60, 0) for n in range(48)]
    assert "+35.2 MiB a simulated hour, +1024 bytes an act; in its last half +35.2 MiB" in memory_line(leaking, 10)
    assert unflat(leaking) == ["memory grew by 40 MiB from 210"]


def test_a_sample_is_taken_of_the_process_each_time_so_many_acts_are_done(tmp_path: Path) -> None:
    (tmp_path / "t.db-wal").write_bytes(bytes(5000))
    watcher = Watcher(os.getpid(), tmp_path / "t.db", every=10)
    taken = [watcher.look(acts) for acts in (0, 4, 9, 11, 12, 25)]
    assert [sample.acts for sample in taken if sample] == [0, 11, 25]
    first = watcher.samples[0]
    assert first.resident_bytes > 2**20 and first.descriptors > 2 and first.log_bytes == 5000


@pytest.mark.parametrize("more", [["--cases", "40", "60"], ["--cases", "40", "--soak", "--hours", "0.002"]], ids=str)
def test_the_command_measures_prints_and_judges(
    more: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """How quick a machine is that also runs other tests is no matter of a test."""
    for milliseconds in ("READ_MILLISECONDS", "WRITE_MILLISECONDS"):
        monkeypatch.setattr(tables, milliseconds, 10**9)
    monkeypatch.setattr(commands, "unflat", lambda samples: ["too few samples"] if not samples else [])
    monkeypatch.setattr(commands, "SOAK_READING_SECONDS", 0.01)
    out = tmp_path / "out.json"
    crowd = ["--people", "3", "--seconds", "2", "--reading", "0.05", "--forms", "50"]
    assert cli.main(["bench", "--inventory", str(INVENTORY), *more, *crowd, "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "every goal is held" in told and ("MiB of log" in told or "1.5 times the cases" in told)
    assert {row["form"] for row in json.loads(out.read_text())} == {False, True}
    assert ("simulated hours" in told) == ("MiB a simulated hour" in told) == ("--soak" in more)


def test_an_archive_for_which_the_disk_has_no_room_is_not_begun(capsys: pytest.CaptureFixture[str]) -> None:
    more_than_any_disk = str(10**15)
    assert cli.main(["bench", "--inventory", str(INVENTORY), "--cases", more_than_any_disk]) == 1
    assert "name a larger disk in TMPDIR, or fewer --cases" in capsys.readouterr().err


def test_a_baseline_that_is_none_and_numbers_that_are_nothing_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = ["bench", "--inventory", str(INVENTORY)]
    (tmp_path / "b.json").write_text("[5]")
    assert cli.main([*bench, "--baseline", str(tmp_path / "b.json")]) != 0
    assert "is no result" in capsys.readouterr().err
    for wrong in (["--cases", "0"], ["--forms", "101"], ["--people", "0"]):
        assert cli.main([*bench, *wrong]) != 0
        assert "--forms at most 100" in capsys.readouterr().err
