"""Every command through ``main``, right and wrong: the exit code, a sentence that names the thing, no traceback."""

import argparse
import gc
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tracker_office import CITY, INVENTORY, MONDAY, new_desk, request

from inventory.reading import read_city
from request_tracker.cli import _parser, main
from request_tracker.sop import loader
from request_tracker.store import database

SHIPPED = Path(loader.__file__).parent
SOP = SHIPPED / "pkl-bw.r0.yaml"
SINGS = SOP.read_text(encoding="utf-8").replace("[verifikasi_alokasi]", "[nyanyikan]")
SINGING = next(n for n, row in enumerate(SINGS.splitlines(), 1) if "nyanyikan" in row)
UNKNOWN = f"sings.yaml line {SINGING}: PKL-B-06: 'nyanyikan' is not an action"
CASE = "PKL-BW/2026/000001"
HEADING = "opd,receive,transmit,guaranteed_receive,guaranteed_transmit\n"

# Every command, right: its words, and what it prints. {d} is the office's folder, {sop} a shipped SOP.
RIGHT = {
    "init": ("init", "set-up token"),
    "audit verify": ("audit verify", "events verified"),
    "audit backup": ("audit backup {d}/there.zip", "whole"),
    "rebuild": ("rebuild", "1 cases rebuilt"),
    "backup": ("backup {d}/new.zip", "written and checked"),
    "restore": ("restore {d}/there.zip --overwrite", "restored and verified"),
    "export": ("export cases {d}/cases.csv", "1 rows of cases"),
    "sop check": ("sop check {sop}", "is in order"),
    "sop diff": ("sop diff {sop} --against {sop}", "no difference"),
    "sop approve": ("sop approve {sop}", "already approved"),
    "sop list": ("sop list", "PKL-BW"),
    "sop print": ("sop print PKL-BW --out {d}/sop.pdf", "bytes"),
    "sop coverage": (None, "code 1 where a row is not shown: see below"),
    "ledger import": ("ledger import {d}/opening.csv --config {d}/fresh.yaml", "revision 1"),
    "ledger show": ("ledger show --at 2026-12-01", "dinkes"),
    "case list": ("case list --open", CASE),
    "case show": (f"case show {CASE}", "opened"),
    "case archive": (None, "needs a case that has ended: test_tracker_archive"),
    "case check": (None, "needs such an archive: test_tracker_archive"),
    "report quarter": ("report quarter 2026-Q4 --out {d}/reports", "evaluasi-2026-Q4.pdf"),
    "person export": (f"person export {CASE}", "narahubung@opd.invalid"),
    "person erase": (f"person erase {CASE}", "erased"),
    "person retention": ("person retention --config {d}/keeps.yaml", "0 cases ended"),
    "serve": (None, "goes on until it is ended: the stories"),
    "user add": ("user add kadis --name Kadis --role head_of_office --password-file {d}/password", "made"),
    "user list": ("user list", ""),
    "user log-out": (None, "needs an account: see below"),
    "token add": ("token add agen --scope proofs:write --out {d}/token", "written to"),
    "token list": ("token list", ""),
    "token revoke": (None, "needs a token: see below"),
    "bench": (None, "a measurement of minutes: test_tracker_bench"),
}

# What a person gets wrong, and what the sentence must say.
WRONG = [
    ("audit backup {d}/no.zip", "no.zip"),
    ("backup {d}/there.zip", "never overwrites"),
    ("backup {d}/file/new.zip", "no backup was written"),
    ("restore {d}/there.zip", "--overwrite"),
    ("restore {d}/no.zip --overwrite", "no.zip"),
    ("restore {d}/opening.csv --overwrite", "is no backup"),
    ("export cases {d}/cases.txt", "cases.txt"),
    ("export cases {d}/file/cases.csv", "cases.csv"),
    ("sop check {d}/no.yaml", "no.yaml"),
    ("sop check {d}/opening.csv", "opening.csv"),
    ("sop check {d}/sings.yaml", UNKNOWN),
    ("sop diff {d}/sings.yaml", UNKNOWN),
    ("sop approve {d}/sings.yaml", UNKNOWN),
    ("sop print {d}/sings.yaml --out {d}/sop.pdf", UNKNOWN),
    ("init --config {d}/sing.yaml", UNKNOWN),
    ("sop diff {d}/no.yaml", "no.yaml"),
    ("sop approve {d}/no.yaml", "no.yaml"),
    ("sop approve {sop} --effective 2026-13-01", "is not a date"),
    ("sop approve {d}/changed.yaml", "raise revisi"),
    ("sop print TIDAK-ADA --out {d}/sop.pdf", "TIDAK-ADA"),
    ("sop print PKL-BW --out {d}/file/sop.pdf", "cannot be written"),
    ("sop coverage --tests {d}/no", "is not a folder"),
    ("ledger import {d}/no.csv", "cannot be read"),
    ("ledger import {d}/opening.csv", "not empty"),
    ("ledger import {d}/binary --config {d}/fresh.yaml", "binary"),
    ("ledger import {d}/rates.csv --config {d}/fresh.yaml", "line 2"),
    ("ledger import {d}/nobody.csv --config {d}/fresh.yaml", "is not an OPD"),
    ("ledger show --at kemarin", "is not a moment"),
    ("case show PKL-BW/2026/999999", "PKL-BW/2026/999999"),
    (f"case archive {CASE} --out {{d}}/a.zip", "still runs"),
    ("case archive salah --out {d}/a.zip", "salah"),
    ("case check {d}/no.zip", "cannot be read"),
    ("case check {d}/opening.csv", "is no archive"),
    ("report quarter 2026-Q5 --out {d}/reports", "2026-Q5"),
    ("report quarter 2026-Q4 --out {d}/file", "cannot be written"),
    ("person export PKL-BW/2026/999999", "PKL-BW/2026/999999"),
    ("person erase PKL-BW/2026/999999", "PKL-BW/2026/999999"),
    ("person retention", "personal_data_days"),
    ("user add kadis --name K --role head_of_office --password-file {d}/no", "cannot be read"),
    ("user add kadis --name K --role head_of_office --password-file {d}/short", "10 to 200 characters"),
    ("user add kadis --name K --role head_of_office --password-file {d}/binary", "binary"),
    ("user add opd --name K --role requester --opd tiada --password-file {d}/password", "not in the inventory"),
    ("user log-out siapa", "siapa"),
    ("token add agen --scope proofs:write --out {d}/file/token", "cannot be written"),
    ("token revoke siapa", "siapa"),
    ("bench --inventory {d}/no.yaml --cases 1", "no.yaml"),
    ("bench --inventory {city} --cases 0", "more than nothing"),
    ("bench --inventory {city} --cases 1 --baseline {d}/no.json", "is no result"),
]
WITHOUT_DATABASE = ("audit backup", "case check", "sop check", "sop diff", "sop coverage", "bench")
NEEDS_ONE = [
    name
    for name, (line, _) in RIGHT.items()
    if name not in (*WITHOUT_DATABASE, "init", "restore", "person retention") and line
]


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
        "request_tracker.cases.context.read_city", lambda path: CITY if path == INVENTORY else read_city(path)
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


def words_of(line: str, office: Path) -> list[str]:
    places = {"d": office, "sop": SOP, "city": INVENTORY}
    return [word.format(**places) for word in line.split()]


def right(name: str, office: Path) -> list[str]:
    return words_of(str(RIGHT[name][0]), office)


def leaves(parser: argparse.ArgumentParser, name: str = "") -> list[str]:
    """The names of all commands that have no commands of their own."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        return [name.strip()]
    return [leaf for word, child in below[0].choices.items() for leaf in leaves(child, f"{name} {word}")]


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The sentence of a command that must fail with code 1."""
    capsys.readouterr()
    code = main(words)
    out, err = capsys.readouterr()
    assert code == 1, (words, out, err)
    told = (err or out).strip()
    assert told and "Traceback" not in err and len(told.splitlines()) <= 3, told
    return told


def test_every_command_is_in_the_table() -> None:
    assert sorted(leaves(_parser())) == sorted(RIGHT)


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


@pytest.mark.parametrize("name", NEEDS_ONE)
@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("none", "none/tracker.db does not exist; run lebarpita-tracker init first"),
        ("nowhere", "file/tracker.db does not exist"),
        ("damaged", "binary cannot be used: file is not a database; look at its rights, or restore a backup"),
        ("no", "no.yaml: cannot be read"),
        ("binary", "not YAML"),
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


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # waitress leaves its socket open.
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
    assert main(right("token add", office)) == main(["token", "revoke", "agen"]) == main(["token", "list"]) == 0
    told = capsys.readouterr().out
    assert "head_of_office" in told and "revoked" in told
    assert (office / "token").stat().st_mode & 0o777 == 0o600
    assert (office / "token").read_text().strip() not in told
