"""The office on the pictures: people, letters, requests and outages of one morning. A folder in, places of it out.

Everything is invented and stands at fixed moments, so that two runs make the same pages.
"""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from inventory.reading import read_city
from request_tracker.bench.archive import fill
from request_tracker.bench.office import letters
from request_tracker.calendar.working_time import Calendar, national_holidays
from request_tracker.cases import (
    Allocation,
    AllocationProposal,
    ApplyAllocation,
    Desk,
    OpenCase,
    Sign,
    Supplied,
    Who,
    open_case,
    run,
)
from request_tracker.cases.proofs import record_proof
from request_tracker.config import Office, TrackerConfig
from request_tracker.inbox.entries import hand_in, open_entries
from request_tracker.ledger import allocations
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.outages.maintenance import announce
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import acknowledge, reconcile
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.links import new_link
from request_tracker.people.roster import add_turn
from request_tracker.people.wall_links import add_wall_link
from request_tracker.sop.register import approve
from request_tracker.store.database import Store, migrate

ROOT = Path(__file__).parent.parent.parent
CITY = ROOT / "inventory" / "example" / "city.yaml"
# A Wednesday, ten in the morning in the office: no holiday, no fasting month.
MOMENT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
PEOPLE = {
    "kadis": ("Kepala Dinas", "head_of_office"),
    "kabid": ("Kepala Bidang Infrastruktur", "head_of_division"),
    "kasi": ("Kepala Seksi Jaringan", "head_of_section"),
    "teknisi": ("Teknisi Jaringan", "technician"),
    "tu": ("Tata Usaha", "secretariat"),
    "noc": ("Operator NOC", "noc_operator"),
    "admin": ("Administrator", "admin"),
    "auditor": ("Auditor Inspektorat", "auditor"),
}
# Since when the line is cut, and what does not answer therefore.
CUT, SILENT = timedelta(minutes=95), frozenset({"agg-timur", "selatan-bpkad"})
MBIT = 125_000
WIB, YEARS = ZoneInfo("Asia/Jakarta"), range(2024, 2030)
# Enough for a list that is scrolled, few enough to be made in seconds.
ARCHIVE, LETTERS = 40, 12
_PUBLIC = Who("public:form", frozenset({"requester"}))
_CONTACT = {"name": "Operator Contoh", "phone": "0285 000 000"}


@dataclass(frozen=True)
class Places:
    """The numbers and secrets that addresses of the pictures name."""

    request: str
    outage: str
    granted: str
    waiting: str
    entry: str
    password: str

    def of(self, address: str) -> str:
        """An address of the list with this office's own in it."""
        return address.format(**asdict(self))


@dataclass(frozen=True)
class MadeUpOffice:
    """The desk, its configuration, and where things are."""

    desk: Desk
    config: TrackerConfig
    places: Places


def made_up_office(folder: Path, password: str) -> MadeUpOffice:
    """Make it in an empty folder; everybody logs in with this password."""
    office = Office(product="Jaringan Contoh", complaint_channels=("Loket Dinas", "SP4N-LAPOR!: lapor.go.id"))
    (folder / "secret").touch(mode=0o600)
    (folder / "secret").write_text(password * 3, encoding="utf-8")
    config = TrackerConfig(
        inventory=CITY,
        database=folder / "tracker.db",
        files=folder / "files",
        secret_key=f"file:{folder / 'secret'}",
        office=office,
    )
    city = read_city(CITY)
    desk = Desk(Store(config.database), Calendar(WIB, national_holidays(YEARS)), city)
    migrate(desk.store)
    for sop in shipped_sops():
        approve(desk.store, sop, date(2020, 1, 1), "admin", MOMENT - timedelta(days=400))
    fill(desk, ARCHIVE, MOMENT - timedelta(days=2))
    letters(desk, LETTERS, MOMENT)
    people = {
        login: Who(
            f"user:{add_user(desk.store, NewAccount(login, name, (role,), password), MOMENT)}", frozenset({role})
        )
        for login, (name, role) in PEOPLE.items()
    }
    _roster(desk, people)
    return MadeUpOffice(desk, config, _cases(desk, people))


def _account(store: Store, login: str, password: str) -> Who:
    name, role = PEOPLE[login]
    number = add_user(store, NewAccount(login, name, (role,), password), MOMENT)
    return Who(f"user:{number}", frozenset({role}))


def _roster(desk: Desk, people: dict[str, Who]) -> None:
    for rank, login in ((1, "noc"), (2, "teknisi")):
        add_turn(desk.store, int(people[login].person.partition(":")[2]), rank, MOMENT, MOMENT + timedelta(hours=12))
    night = MOMENT.replace(hour=15)
    announce(desk.store, "utara-dinkes", (night, night + timedelta(hours=2)), "ganti konektor serat", "user:4")
    add_wall_link(desk.store, "Ruang NOC", "system", MOMENT)


def _cases(desk: Desk, people: dict[str, Who]) -> Places:
    opening = Allocation(2 * MBIT, 20 * MBIT, 2 * MBIT, 20 * MBIT)
    changes = [allocations.Change(opd.code, opening, "system", None, "saldo awal") for opd in desk.city.opds]
    with desk.store.transaction() as db:
        allocations.write(desk.store, db, changes, MOMENT - timedelta(days=60))
    granted = _granted(desk, people)
    wish = {"wanted_receive": "50 Mbit/s", "wanted_transmit": "20 Mbit/s", "purpose": "rekam medis elektronik"}
    letter = {"surat": Supplied(note="surat menyusul")}
    asked = OpenCase("PKL-BW", "Penambahan bandwidth", "dinkes", wish, _CONTACT, letter)
    request = open_case(desk, asked, _PUBLIC, MOMENT - timedelta(hours=20))
    behind = ("rsud", "dishub", "dpupr", "dinsos")
    trunk = OutageRecord("agg-timur", "link", "link_down", behind, *_since(CUT), "watch")
    (outage,) = reconcile(desk, [trunk], MOMENT - CUT + timedelta(seconds=20))
    acknowledge(desk, outage, people["teknisi"], MOMENT - CUT + timedelta(minutes=6))
    branch = OutageRecord("selatan-bpkad", "opd", "silent", ("bpkad",), *_since(timedelta(minutes=12)), "watch")
    reconcile(desk, [trunk, branch], MOMENT - timedelta(minutes=11))
    wanted = replace(asked, opd="disdik", form={**wish, "purpose": "ujian daring"})
    waiting = hand_in(desk, wanted, "request", MOMENT - timedelta(minutes=40))
    complaint = OpenCase("PKL-PG", "Pengaduan", form={"description": "Permohonan kami belum dijawab"}, contact=_CONTACT)
    hand_in(desk, complaint, "complaint", MOMENT - timedelta(minutes=25))
    newcomer = NewAccount("baru", "Pegawai Baru", ("technician",), "sandi-yang-belum-dipakai")
    password = new_link(desk.store, add_user(desk.store, newcomer, MOMENT), MOMENT)
    return Places(request.number, outage, granted, waiting.token or "", str(open_entries(desk)[0].id), password)


def _since(ago: timedelta) -> tuple[float, None]:
    """When an outage began that lasts."""
    return (MOMENT - ago).timestamp(), None


def _granted(desk: Desk, people: dict[str, Who]) -> str:
    """A request that went its whole way: signed, applied, proved; the secret of its receipt."""
    begun = MOMENT - timedelta(days=3)
    wish = {"wanted_receive": "30 Mbit/s", "purpose": "pelayanan kependudukan"}
    letter = {"surat": Supplied(note="surat menyusul")}
    asked = OpenCase("PKL-BW", "Penambahan bandwidth", "dukcapil", wish, _CONTACT, letter)
    opened = open_case(desk, asked, _PUBLIC, begun)
    number = AllocationProposal(Allocation(2 * MBIT, 30 * MBIT, 2 * MBIT, 20 * MBIT))
    acts: tuple[tuple[str, Sign | ApplyAllocation], ...] = (
        ("kadis", Sign("PKL-B-02", note="proses", proposal=number, reason="cukup")),
        ("kabid", Sign("PKL-B-03", note="tindak lanjuti")),
        ("kasi", Sign("PKL-B-03", note="kerjakan", assignee=people["teknisi"])),
        ("teknisi", ApplyAllocation("PKL-B-04", None)),
    )
    for hours, (login, act) in enumerate(acts, 1):
        run(desk, opened.number, act, people[login], begun + timedelta(hours=hours))
    for minutes in (5, 6):
        _prove(desk, begun + timedelta(hours=len(acts), minutes=minutes))
    for minutes, step in ((10, "PKL-B-05"), (20, "PKL-B-06")):
        run(desk, opened.number, Sign(step), people["teknisi"], begun + timedelta(hours=len(acts), minutes=minutes))
    assert opened.token is not None
    return opened.token


def _prove(desk: Desk, at: datetime) -> None:
    """What the shaping agent posts after it has applied the ledger and read it back."""
    wanted = allocations.current_allocations(desk.store, at)
    readback = [
        {"opd": row["opd"], "direction": direction, **row[direction]}
        for row in wanted["allocations"]
        for direction in ("receive", "transmit")
    ]
    proof = {"revision": wanted["revision"], "hash": wanted["hash"], "agent": "core", "driver": "linux", "ok": True}
    moments = {"applied_at": at.timestamp(), "read_at": at.timestamp()}
    record_proof(desk, {**proof, **moments, "readback": readback}, at)
