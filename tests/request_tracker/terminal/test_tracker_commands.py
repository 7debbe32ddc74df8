"""Every command through ``main``, right and wrong: the exit code, a sentence that names the thing, no traceback."""

import gc
import json
import os
import shutil
import sqlite3
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from command_table import HEADING, NEEDS_ONE, RIGHT, SINGS, SOP, WRONG, leaves, refused, right, words_of
from tracker_office import CITY, INVENTORY, MONDAY, new_desk, request

from inventory.reading import read_city
from request_tracker.cli import PARTS, _parser, main
from request_tracker.ledger import allocations
from request_tracker.ledger.allocation import Allocation
from request_tracker.ledger.standing import LedgerBatch
from request_tracker.store import database
from request_tracker.terminal.options import ready_desk


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an office that has one case, and files that are right and wrong."""
    folder = tmp_path_factory.mktemp("office")
    desk = new_desk(folder)
    request(desk, now=MONDAY)
    desk.store.close()
    config = {"inventory": str(INVENTORY), "database": f"{folder}/tracker.db", "files": f"{folder}/files"}
    config["secret_key"] = "env:SESSION"
    more: dict[str, dict[str, object]] = {
        "tracker": {},
        "fresh": {"database": f"{folder}/fresh.db"},
        "keeps": {"personal_data_days": 365},
        "listens": {"listen": "192.0.2.1:1"},
        "none": {"database": f"{folder}/none/tracker.db"},
        "nowhere": {"database": f"{folder}/file/tracker.db"},
        "damaged": {"database": f"{folder}/binary"},
        "sing": {"database": f"{folder}/sing.db", "sops": [f"{folder}/sings.yaml"]},
    }
    for name, changed in more.items():
        (folder / f"{name}.yaml").write_text(json.dumps({**config, **changed}))
    (folder / "unknown.yaml").write_text(json.dumps({**config, "databse": "x"}))
    (folder / "file").write_text("no folder")
    (folder / "password").write_text("sandi-yang-panjang\n")
    (folder / "short").write_text("a\n")
    (folder / "binary").write_bytes(bytes(range(128, 256)) * 50)
    (folder / "opening.csv").write_text(f"{HEADING}dinkes,20 Mbit/s,20 Mbit/s,2 Mbit/s,2 Mbit/s\n")
    (folder / "rates.csv").write_text(f"{HEADING}dinkes,banyak,20 Mbit/s,2 Mbit/s,2 Mbit/s\n")
    (folder / "unsure.csv").write_text("opd;bandwidth;cir\ndinkes;20/20;2/2\n")
    (folder / "nobody.csv").write_text(f"{HEADING}tiada,20 Mbit/s,20 Mbit/s,2 Mbit/s,2 Mbit/s\n")
    (folder / "changed.yaml").write_text(SOP.read_text().replace("Kepala Dinas", "Kepala Kantor"))
    (folder / "sings.yaml").write_text(SINGS)
    main(["init", "--config", f"{folder}/fresh.yaml"])
    main(["backup", f"{folder}/there.zip", "--config", f"{folder}/tracker.yaml"])
    gc.collect()
    return folder


@pytest.fixture(autouse=True)
def read_the_city_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred commands would read the same city file two hundred times."""
    monkeypatch.setattr(
        "request_tracker.cases.context.read_city",
        lambda path, kept: CITY if path == INVENTORY else read_city(path, kept),
    )


@pytest.fixture
def office(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That folder, one's own."""
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    monkeypatch.setenv("LEBARPITA_TRACKER", f"{tmp_path}/tracker.yaml")
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    for file in tmp_path.glob("*.yaml"):
        file.write_text(file.read_text().replace(str(made), str(tmp_path)))
    return tmp_path


def test_every_command_is_in_the_table() -> None:
    assert sorted(leaves(_parser())) == sorted(RIGHT)


@pytest.mark.parametrize(("part", "names"), PARTS.items())
def test_the_part_that_is_imported_for_a_command_brings_it(part: str, names: tuple[str, ...]) -> None:
    commands = ArgumentParser().add_subparsers()
    import_module(part).add_commands(commands)
    assert tuple(commands.choices) == names


@pytest.mark.parametrize("name", [name for name, (line, _) in RIGHT.items() if line])
def test_a_command_does_what_it_says(office: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    line, says = RIGHT[name]
    capsys.readouterr()
    assert main(words_of(str(line), office)) == 0
    out, err = capsys.readouterr()
    assert says in out
    assert err == ""


@pytest.mark.parametrize(("line", "says"), WRONG)
def test_a_wrong_command_is_told_in_a_sentence(
    office: Path, line: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert says in refused(words_of(line, office), capsys)


def test_guesses_of_an_opening_balance_are_recorded_where_somebody_says_yes(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "import", f"{office}/unsure.csv", "--yes", "--config", f"{office}/fresh.yaml"]) == 0
    assert "1 OPDs recorded as the opening balance, revision 1" in capsys.readouterr().out


def test_an_opening_balance_is_in_force_since_it_was_and_never_since_tomorrow(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["ledger", "import", f"{office}/unsure.csv", "--yes", "--config", f"{office}/fresh.yaml", "--since"]
    assert main([*line, "2999-01-01"]) == 1
    assert "--since 2999-01-01 lies in the future; write since when the rates have been in force" in (
        capsys.readouterr().err
    )
    assert main([*line, "2026-01-01"]) == 0
    said = capsys.readouterr().out
    assert "in force since 2026-01-01 00:00 WIB (" in said and "is judged by these ceilings" in said
    assert main(["ledger", "show", "--at", "2026-01-02", "--json", "--config", f"{office}/fresh.yaml"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["revision"] == 1 and [row["opd"] for row in shown["allocations"]] == ["dinkes"]


@pytest.mark.parametrize("name", NEEDS_ONE)
@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("none", "none/tracker.db does not exist; run lebarpita-tracker init first"),
        ("nowhere", "file/tracker.db does not exist"),
        ("damaged", "binary cannot be used: file is not a database; look at its rights, or restore a backup"),
        ("no", "no.yaml: cannot be read"),
        ("binary", "not UTF-8 text"),
        ("unknown", "databse"),
    ],
)
def test_without_its_database_or_configuration_a_command_says_so(
    office: Path, name: str, config: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = office / (config if config == "binary" else f"{config}.yaml")
    assert says in refused([*right(name, office), "--config", str(file)], capsys)


@pytest.mark.parametrize("name", NEEDS_ONE)
def test_a_database_that_another_program_holds_is_told(
    office: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_PRAGMAS", ("PRAGMA busy_timeout=20", *database._PRAGMAS[1:]))
    with closing(sqlite3.connect(office / "tracker.db")) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN IMMEDIATE")
        told = refused([*right(name, office), "--config", f"{office}/tracker.yaml"], capsys)
    assert "tracker.db: cannot write now" in told and "try again" in told


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write anywhere; while this lasts we are not root."""
    before = os.geteuid()
    os.seteuid(before or 65534)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.mark.parametrize("line", ["init", "restore {d}/there.zip", "backup {d}/new.zip", "case list"])
def test_a_folder_that_cannot_be_written_is_told(
    office: Path, line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with TemporaryDirectory(prefix="lebarpita-readonly-") as name:
        shutil.copytree(office, name, dirs_exist_ok=True)
        for file in Path(name).glob("*.yaml"):
            file.write_text(file.read_text().replace(str(office), name))
        if line in ("init", "restore {d}/there.zip"):
            (Path(name) / "tracker.db").unlink()
        for path in (Path(name), *Path(name).iterdir()):
            path.chmod(0o555 if path.is_dir() else 0o444)
        monkeypatch.setenv("LEBARPITA_TRACKER", f"{name}/tracker.yaml")
        with as_nobody():
            assert name in refused(words_of(line, Path(name)), capsys)
        Path(name).chmod(0o755)


def test_without_a_configuration_a_command_asks_for_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEBARPITA_TRACKER", raising=False)
    for name in NEEDS_ONE:
        words = [word for word in right(name, Path("x")) if not word.startswith("x/")]
        if "--config" in words:
            words.remove("--config")
        if len(words) == len(right(name, Path("x"))):
            assert "give --config FILE or set LEBARPITA_TRACKER" in refused(words, capsys)


@pytest.mark.parametrize("words", [[], ["tidak-ada"], ["case"], ["user", "add", "x"], ["export", "rahasia", "x.csv"]])
def test_wrong_use_is_code_2_with_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: lebarpita-tracker")


def test_the_coverage_of_a_folder_without_tests_is_code_1(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sop", "coverage", "--tests", str(office)]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("0 of ")


def test_a_place_that_cannot_be_listened_on_is_told(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "192.0.2.1:1 cannot be had" in refused(["serve", "--config", f"{office}/listens.yaml"], capsys)
    gc.collect()


def test_an_init_that_was_killed_before_its_end_is_no_office_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The database is there, its SOPs are not: a tracker that served would have no form at all."""
    settings = f"inventory: {INVENTORY}\ndatabase: {tmp_path}/t.db\nfiles: {tmp_path}/f\nsecret_key: env:HOME\n"
    (tmp_path / "tracker.yaml").write_text(settings)
    database.migrate(database.Store(tmp_path / "t.db"))
    assert main(["serve", "--config", f"{tmp_path}/tracker.yaml"]) == 1
    assert "init did not end; run lebarpita-tracker init again" in capsys.readouterr().err
    assert main(["init", "--config", f"{tmp_path}/tracker.yaml"]) == 0
    assert "set-up token" in capsys.readouterr().out


def test_an_account_and_a_token_made_here_are_listed_and_ended_here(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(right("user add", office)) == main(["user", "log-out", "kadis"]) == main(["user", "list"]) == 0
    assert main(["user", "reset-factors", "kadis"]) == 0
    assert main(right("wall add", office)) == main(["wall", "revoke", "1"]) == main(["wall", "list"]) == 0
    assert main(right("token add", office)) == main(["token", "revoke", "agen"]) == main(["token", "list"]) == 0
    told = capsys.readouterr().out
    assert "head_of_office" in told and "revoked" in told and "0 second factors removed" in told
    assert (office / "wall").stat().st_mode & 0o777 == 0o600
    assert (office / "token").stat().st_mode & 0o777 == 0o600
    assert (office / "token").read_text().strip() not in told


def test_an_account_is_reached_where_its_address_says(office: Path) -> None:
    settings = office / "tracker.yaml"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "channels": {"telegram": "env:CHAT"}}))
    assert main([*right("user add", office), "--address", "telegram:12345"]) == 0
    with closing(sqlite3.connect(office / "tracker.db")) as db:
        assert db.execute("SELECT address FROM addresses").fetchall() == [("telegram:12345",)]


def test_an_opening_balance_never_goes_under_a_rate_that_is_decided_and_still_to_come(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ["--config", f"{office}/fresh.yaml"]
    desk = ready_desk(Namespace(config=f"{office}/fresh.yaml"))
    coming, moment_now = datetime(2999, 1, 1, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)
    change = allocations.Change("dinkes", Allocation(1, 2, 1, 2), "system", None, "akan datang")
    with desk.store.transaction() as db:
        allocations.append(desk.store, db, [LedgerBatch(coming, (change,))], moment_now)
    assert main(["ledger", "import", f"{office}/unsure.csv", "--yes", "--since", "2026-01-01", *config]) == 1
    assert "the ledger is not empty" in capsys.readouterr().err
