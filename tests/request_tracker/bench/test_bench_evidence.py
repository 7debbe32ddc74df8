"""``bench --evidence`` over a small history: whole evidence from each database, what is printed, what is written."""

import json
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tracker_office import CITY

from request_tracker import cli
from request_tracker.bench.evidence import TimedAnswers, measure
from request_tracker.bench.history import DATABASES
from request_tracker.bench.made_up_use import HOUR_SECONDS, hours, remote_write, series_of
from request_tracker.errors import TrackerError
from request_tracker.evidence import prometheus
from runtime.bounded_http import Bounds

END = datetime(2026, 11, 29, tzinfo=UTC).timestamp()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that runs many tests at once may be slower than a page would wait."""
    monkeypatch.setattr(prometheus, "_BOUNDS", Bounds(60.0, 61.0, prometheus.MOST_BYTES))


def test_every_database_answers_whole_evidence_and_every_capacity_page(tmp_path: Path) -> None:
    answers = list(measure(tmp_path, 2, 3))
    assert [database for database, _, _ in answers] == list(DATABASES)
    for _, size, lines in answers:
        # Two days and an hour, three OPDs and one uplink, both ways, one sample a minute.
        assert (size.days, size.opds, size.samples) == (2, 3, 49 * 60 * 4 * 2)
        assert [line.what for line in lines][2:] == ["page /kesediaan", "page /kebutuhan", "page /prospek"]
        assert [line.goal for line in lines] == [None, 300, 2000, 2000, 2000]
        assert all(line.milliseconds for line in lines)


def test_the_command_prints_goals_and_whether_they_were_met_and_writes_its_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures.json"
    # Whether goals are met is the machine's; that both ends are told is the command's.
    code = cli.main(["bench", "--evidence", "--days", "1", "--opds", "2", "--out", str(out)])
    said = capsys.readouterr().out
    assert code == (1 if "MISSED" in said else 0) and said.count("met") + said.count("MISSED") >= 8
    assert ("NOT HELD" in said) == ("MISSED" in said) != ("every goal is held" in said)
    assert {row["database"] for row in json.loads(out.read_text())} == {"Prometheus", "VictoriaMetrics"}


def test_without_a_database_the_command_says_which_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda program: None)
    with pytest.raises(TrackerError, match="install one of them"):
        list(measure(tmp_path, 1, 1))


def test_a_figure_is_judged_by_its_p95_and_one_without_a_goal_by_none() -> None:
    nineteen = [10.0] * 19
    assert TimedAnswers("sheet", [*nineteen, 900.0], 300).in_time
    assert not TimedAnswers("sheet", [*nineteen[1:], 900.0, 900.0], 300).in_time
    assert TimedAnswers("sheet", [900.0], None).in_time and TimedAnswers("sheet", [1.0, 2.0, 3.0], 1).median == 2.0


def test_the_made_up_use_is_the_same_each_time_and_an_uplink_carries_what_its_offices_use() -> None:
    first, again = (list(hours(CITY, END, 1)) for _ in range(2))
    assert all((a.values == b.values).all() for a, b in zip(first, again, strict=True)) and len(first) == 25
    assert first[-1].moments[-1] < END * 1000 <= first[-1].moments[0] + HOUR_SECONDS * 1000
    names = [dict(counter.labels)["__name__"] for counter in series_of(CITY)]
    ports, lines = (
        first[0].values[[name == f"lebarpita_{kind}_receive_bytes_total" for name in names]] for kind in ("opd", "link")
    )
    assert lines.sum(axis=0) == pytest.approx(ports.sum(axis=0))
    assert (first[-1].values[:, -1] > first[-1].values[:, 0]).all()


def test_a_write_is_one_literal_of_snappy_around_protobufs_own_bytes() -> None:
    hour = next(hours(CITY, END, 1))
    body = remote_write(series_of(CITY), hour)
    size, place = 0, 0
    while True:
        size |= (body[place] & 0x7F) << (7 * place)
        place += 1
        if body[place - 1] < 0x80:
            break
    message = body[place + 5 :]
    assert body[place] == 0xFC and len(message) == size == int.from_bytes(body[place + 1 : place + 5], "little") + 1
    # The first sample of the first counter: its value as eight bytes, its moment in seven bits a byte.
    at = message.index(b"\x12\x10\x09")
    (value,) = struct.unpack("<d", message[at + 3 : at + 11])
    moment = sum((byte & 0x7F) << (7 * n) for n, byte in enumerate(message[at + 12 : at + 18]))
    assert (value, moment) == (hour.values[0, 0], hour.moments[0])
