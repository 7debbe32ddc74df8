"""The doors by which people act on a case: a site in, the very same form to be sent as often as one likes out."""

import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from tracker_office import DIVISION, EVIDENCE, HEAD, LETTER, MBIT, REQUESTER, SECTION, VERIFIED, applied, numbered
from tracker_papers import PDF
from tracker_site import NOW, Site
from used_months import full_month

from request_tracker.advice_settings import EvidencePart
from request_tracker.capacity.replayer import ReplaySource, replay_due
from request_tracker.cases import Allocation, Desk, Sign, Who, read_case, run
from request_tracker.ledger import allocations
from request_tracker.notifications.signing_digest import batches
from request_tracker.store import drafts

FILLED = {"spesifikasi": "20 Mbit/s", "peruntukan": "layanan", "jumlah_pengguna": "40"}
NAMED: dict[str, Any] = {"signatory_name": "Penerima Uji", "signatory_position": "Sekretaris"}
CHECKED = {"perangkat": "agg", "daya": "baik", "lampu": "merah", "temuan": "serat putus"}
TWENTY = Allocation(2 * MBIT, 20 * MBIT, 2 * MBIT, 10 * MBIT)
SHEET: dict[str, Any] = {"sifat": "segera", "diteruskan_kepada": "Kepala Bidang", "isi_disposisi": "teliti lalu lapor"}


@dataclass(frozen=True)
class Sent:
    """A form as a browser holds it: where it goes, what it says, which file it carries, what a taken one answers."""

    site: Site
    path: str
    values: Mapping[str, Any]
    file: str | None = None
    taken: int = 302

    def send(self) -> int:
        """Send it; the status of the answer."""
        attached = {self.file: (BytesIO(PDF), "kertas.pdf")} if self.file else {}
        return int(self.site.client.post(self.path, data={**self.values, **attached}).status_code)


def form(site: Site, page: str, path: str, file: str | None = None, taken: int = 302, **values: Any) -> Sent:
    """What stands on the page, filled in: with its token and a hidden key of its own."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', site.get(page))
    assert token is not None
    hidden = {"csrf_token": token[1], "sekali": secrets.token_urlsafe(16)}
    return Sent(site, path, {**hidden, **values}, file, taken)


def version(site: Site, number: str) -> int:
    """The version that the page shows."""
    return read_case(site.desk, number).version


def opening(site: Site, opd: str = "dinkes") -> Who:
    """A technician who is logged in, an opening balance for every office."""
    team = Who(f"user:{site.enter('technician')}", frozenset({"technician"}))
    rates = Allocation(MBIT, 10 * MBIT, MBIT, 5 * MBIT)
    changes = [allocations.Change(one.code, rates, "system", None, "saldo awal") for one in site.desk.city.opds]
    with site.desk.store.transaction() as db:
        allocations.write(site.desk.store, db, changes, NOW)
    return team


def applies(site: Site) -> Sent:
    """The technician writes the allocation on the case page; evidence is frozen with it, his draft is done with."""
    team = opening(site)
    number = str(site.request().number)
    for who, act in (
        (HEAD, Sign("PKL-B-02")),
        (DIVISION, Sign("PKL-B-03")),
        (SECTION, Sign("PKL-B-03", assignee=team)),
    ):
        run(site.desk, number, act, who, NOW)
    drafts.keep(site.desk.store, (number, "PKL-B-04", team.person), {"catatan": "setengah"}, NOW)
    page = f"/kasus/{number}"
    return form(site, page, f"{page}/langkah/PKL-B-04", act="sign", version=version(site, number))


def handover(site: Site, sign_first: bool) -> tuple[str, str]:
    """A case at its Berita Acara, which the technician has signed where asked; its number, the requester's page."""
    team = opening(site)
    opened = site.request("BTM-BW", documents={"surat": LETTER})
    for who, act in (
        (HEAD, Sign("BTM-02")),
        (DIVISION, VERIFIED),
        (SECTION, Sign("BTM-04", assignee=team)),
        (team, Sign("BTM-05")),
        (REQUESTER, Sign("BTM-05", form=FILLED)),
        (team, numbered(Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}), TWENTY)),
    ):
        run(site.desk, opened.number, act, who, NOW)
    applied(site.desk, opened.number, "BTM-08", NOW, TWENTY)
    who = team if sign_first else REQUESTER
    run(site.desk, opened.number, Sign("BTM-09"), who, NOW)
    return str(opened.number), f"/lacak/{opened.token}"


def takes_over(site: Site) -> Sent:
    """The requester signs last, by name and by the secret link: the paper of both parties is kept with it."""
    number, page = handover(site, sign_first=True)
    return form(site, page, f"{page}/langkah/BTM-09", version=version(site, number), **NAMED)


def hands_over(site: Site) -> Sent:
    """The technician signs last, on the case page, by the scan of what he signed by hand."""
    number, _ = handover(site, sign_first=False)
    page = f"/kasus/{number}"
    given: dict[str, Any] = {"act": "sign", "signature": "scan", "version": version(site, number)}
    return form(site, page, f"{page}/langkah/BTM-09", file="signed_scan", **given)


def signs_together(site: Site) -> Sent:
    """An official signs his digest; every line is an act of its own."""
    number, _ = handover(site, sign_first=True)
    team = Who(str(read_case(site.desk, number).assignee), frozenset({"technician"}))
    for who, act in ((REQUESTER, Sign("BTM-09")), (team, Sign("BTM-10")), (SECTION, Sign("BTM-11"))):
        run(site.desk, number, act, who, NOW)
    site.enter("head_of_division")
    (batch,) = batches(site.desk, ["head_of_division"], NOW)
    lines = [f"{one.number}|{one.lane}|{one.version}" for one in batch.cases]
    return form(site, "/bersama", "/bersama/BTM-BW/BTM-12", taken=200, act="all", ada=lines)


def hands_in(site: Site) -> Sent:
    """A paper that was signed outside comes back."""
    site.enter("secretariat")
    page = f"/kasus/{site.request().number}"
    return form(site, page, f"{page}/surat", file="file", document="surat")


def records_paper(site: Site) -> Sent:
    """The secretariat writes down what the head has decided on paper."""
    head = site.enter("head_of_office")
    user = site.enter("secretariat")
    number = str(site.request("KTM-BW").number)
    run(site.desk, number, Sign("KTM-02"), Who(f"user:{user}", frozenset({"secretariat"})), NOW)
    page, today = f"/kasus/{number}", site.desk.calendar.local(NOW).date().isoformat()
    given: dict[str, Any] = {**SHEET, "decided_by": head, "paper_date": today, "version": version(site, number)}
    return form(site, page, f"{page}/langkah/KTM-02/kertas", file="scan", **given)


def reported(site: Site) -> tuple[str, Who]:
    """An outage that an office reported, walked to the technician's talk with the ISP."""
    told = {"contact_name": "Operator", "contact_phone": "0285 000", "description": "mati", "key": "k"}
    site.post("/lapor", opd="dinkes", **told)
    number = str(site.desk.store.value("SELECT number FROM tickets"))
    team = Who(f"user:{site.enter('technician')}", frozenset({"technician"}))
    for who, act in (
        (HEAD, Sign("PKL-G-02")),
        (DIVISION, Sign("PKL-G-03")),
        (SECTION, Sign("PKL-G-03")),
        (team, Sign("PKL-G-04", form=CHECKED)),
        (team, Sign("PKL-G-05", documents={"mon": EVIDENCE})),
        (SECTION, Sign("PKL-G-06")),
        (DIVISION, Sign("PKL-G-07")),
    ):
        run(site.desk, number, act, who, NOW)
    return number, team


def finds_connected(site: Site) -> Sent:
    """The technician finds the reported line connected: its ticket is over with the same act."""
    number, _ = reported(site)
    page = f"/kasus/{number}"
    given: dict[str, Any] = {"isp": "ISP Contoh", "decision": "terhubung", "note": "dilihat sendiri"}
    return form(site, page, f"{page}/langkah/PKL-G-08", act="sign", version=version(site, number), **given)


def decides(site: Site) -> Sent:
    """The head signs a request's number with the effect on the others before him: it is frozen with his signature."""
    rates = Allocation(2 * MBIT, 10 * MBIT, 2 * MBIT, 10 * MBIT)
    changes = [allocations.Change(one.code, rates, "system", None, "saldo awal") for one in site.desk.city.opds]
    with site.desk.store.transaction() as db:
        allocations.write(site.desk.store, db, changes, NOW - timedelta(days=40))
    number = str(site.request().number)
    replay_due(ReplaySource(site.desk, full_month(), EvidencePart()), NOW)
    site.enter("head_of_office")
    page = f"/kasus/{number}"
    shown = re.search(r'name="effects" value="([0-9a-f]{64})"', site.get(page))
    assert shown is not None
    given: dict[str, Any] = {"act": "sign", "version": version(site, number), "effects": shown[1]}
    return form(site, page, f"{page}/langkah/PKL-B-02", **given)


def calls_the_isp(site: Site) -> Sent:
    """The technician notes what the ISP said, and its estimate with it."""
    number, _ = reported(site)
    page = f"/gangguan/{number}"
    given: dict[str, Any] = {"isp": "ISP Contoh", "estimate": "2027-01-05T10:00"}
    return form(site, page, f"{page}/isp", **given)


DOORS: tuple[Callable[[Site], Sent], ...] = (
    *(
        applies,
        takes_over,
        hands_over,
        signs_together,
        hands_in,
        records_paper,
        finds_connected,
        calls_the_isp,
        decides,
    ),
)


def stands(desk: Desk) -> Counter[str]:
    """Everything an act and what follows it leave in the database, counted by kind. A refused form leaves its draft."""
    asked = {
        "event": "SELECT kind AS what, count(*) AS times FROM events GROUP BY kind",
        "document": "SELECT json_extract(data, '$.source') AS what, count(*) AS times FROM events"
        " WHERE kind = 'document_added' GROUP BY 1",
        "ledger": "SELECT 'rows' AS what, count(*) AS times FROM ledger",
        "message": "SELECT recipient AS what, count(*) AS times FROM outbox GROUP BY 1",
        "contact": "SELECT 'rows' AS what, count(*) AS times FROM contacts",
        "ticket": "SELECT 'over' AS what, count(*) AS times FROM tickets WHERE ended_at IS NOT NULL",
        "step": "SELECT step AS what, count(*) AS times FROM waiting GROUP BY 1",
    }
    return Counter(
        {f"{kind} {row['what']}": row["times"] for kind, sql in asked.items() for row in desk.store.rows(sql)}
    )
