"""Which pages are photographed, as whom and at which address; for every other route the reason why not.

A house test holds this list against the table of routes: a new page is put in, or says why it has no picture.
"""

from dataclasses import dataclass

STRANGER = ""


@dataclass(frozen=True)
class FacePage:
    """One picture: its name, the route's endpoint, the login (``STRANGER`` for nobody), the address.

    Words in braces are the office's own: the numbers of its cases and the secret of its receipt (``office.Places``).
    """

    name: str
    endpoint: str
    login: str
    address: str


FACES = (
    FacePage("mulai", "public.start", STRANGER, "/"),
    FacePage("permohonan", "public.request_form", STRANGER, "/permohonan"),
    FacePage("lapor", "reports.outage", STRANGER, "/lapor"),
    FacePage("pengaduan", "reports.complaint", STRANGER, "/pengaduan"),
    FacePage("lacak", "track.page", STRANGER, "/lacak"),
    FacePage("tanda-terima", "receipt_page.page", STRANGER, "/lacak/{waiting}/tanda-terima"),
    FacePage("pemohon", "requester_page.page", STRANGER, "/lacak/{granted}"),
    FacePage("survei", "survey.form", STRANGER, "/lacak/{granted}/survei"),
    FacePage("status", "public.status", STRANGER, "/status"),
    FacePage("layanan", "service.standard", STRANGER, "/layanan"),
    FacePage("sop", "sops.listing", STRANGER, "/sop"),
    FacePage("sop-satu", "sops.page", STRANGER, "/sop/PKL-GG"),
    FacePage("kertas-dan-alur", "sops.comparison", STRANGER, "/sop/PKL-BW/kertas-dan-alur-kerja"),
    FacePage("buku", "handbook.listing", "teknisi", "/buku?cari=rencana"),
    FacePage("buku-satu", "handbook.page", STRANGER, "/buku/panduan/pemohon"),
    FacePage("masuk", "login.login", STRANGER, "/masuk"),
    FacePage("sandi", "first_run.password", STRANGER, "/sandi/{password}"),
    FacePage("layar-kode", "wall_links.enter", STRANGER, "/dinding"),
    FacePage("akun", "own_account.page", "teknisi", "/akun"),
    FacePage("menunggu-saya", "public.start", "kadis", "/"),
    FacePage("kasus-permohonan", "cases.case", "kadis", "/kasus/{request}"),
    FacePage("bersama", "batch_signing.listing", "kadis", "/bersama"),
    FacePage("persetujuan", "confirmations.listing", "kadis", "/persetujuan"),
    FacePage("delegasi", "people.delegations", "kadis", "/delegasi"),
    FacePage("evaluasi", "evaluation.listing", "kadis", "/evaluasi"),
    FacePage("evaluasi-triwulan", "evaluation.page", "kadis", "/evaluasi/2026-Q4"),
    FacePage("bulanan", "months.listing", "kadis", "/bulanan/2026-10"),
    FacePage("bulanan-opd", "months.page", "kadis", "/bulanan/2026-10/opd/dinkes"),
    FacePage("kebutuhan", "demand.page", "kasi", "/kebutuhan"),
    FacePage("kesediaan", "availability.page", "kasi", "/kesediaan"),
    FacePage("prospek", "outlook.page", "kasi", "/prospek"),
    FacePage("mode-cadangan", "fallback.page", "kasi", "/mode-cadangan"),
    FacePage("pemakai", "hosts.view", "kasi", "/pemakai?opd=dinkes"),
    FacePage("selisih", "drift.page", "teknisi", "/selisih"),
    FacePage("tiket", "outages.page", "teknisi", "/gangguan/{outage}"),
    FacePage("kasus-gangguan", "cases.case", "teknisi", "/kasus/{outage}"),
    FacePage("pemeliharaan", "maintenance.listing", "teknisi", "/pemeliharaan"),
    FacePage("runbook", "runbooks.page", "teknisi", "/runbooks/LebarpitaOutage"),
    FacePage("runbooks", "runbooks.listing", "teknisi", "/runbooks"),
    FacePage("kasus", "cases.listing", "tu", "/kasus"),
    FacePage("kotak-masuk", "inbox.listing", "tu", "/kotak-masuk"),
    FacePage("kiriman", "inbox.entry", "tu", "/kotak-masuk/{entry}"),
    FacePage("loket", "counter.intake", "tu", "/kasus/baru?sop=PKL-BW"),
    FacePage("agenda", "agenda.listing", "tu", "/agenda"),
    FacePage("agenda-kosong", "agenda.blank", "tu", "/agenda/kosong"),
    FacePage("penugasan", "agenda.appointed", "tu", "/agenda/penugasan"),
    FacePage("narahubung", "contacts.listing", "tu", "/narahubung"),
    FacePage("hari-libur", "office_days.days", "tu", "/hari-libur"),
    FacePage("pesan", "messages.listing", "tu", "/pesan"),
    FacePage("noc", "noc.listing", "noc", "/noc"),
    FacePage("gangguan", "outages.listing", "noc", "/gangguan"),
    FacePage("piket", "people.duty", "noc", "/piket"),
    FacePage("dinding", "wall.wall", "noc", "/wall"),
    FacePage("pengguna", "people.users", "admin", "/pengguna"),
    FacePage("peran", "role_list.listing", "admin", "/pengguna/peran"),
    FacePage("layar", "wall_links.listing", "admin", "/layar"),
    FacePage("gaya", "style_page.listing", "admin", "/gaya"),
    FacePage("audit", "audit.view", "auditor", "/audit"),
    FacePage("wewenang", "rights.view", "auditor", "/audit/wewenang"),
    FacePage("ekspor", "exports.listing", "auditor", "/ekspor"),
)

_PAPER, _DATA, _THROUGH = "a paper or drawing, not a page", "answers programs", "sends on at once"
UNPICTURED = {
    **dict.fromkeys(("papers.stored", "papers.archive", "papers.filled_form", "papers.use", "papers.paper"), _PAPER),
    **dict.fromkeys(("papers.reading", "papers.blank_form", "months.paper", "evaluation.pack"), _PAPER),
    **dict.fromkeys(("service.code", "sops.printed", "inbox.paper"), _PAPER),
    **dict.fromkeys(("own_papers.paper", "requester_page.signed"), _PAPER),
    **dict.fromkeys(("demand.table", "availability.table", "exports.download"), _DATA),
    **dict.fromkeys(("api.allocations", "api.cases", "api.case", "api.health", "api.openapi"), _DATA),
    **dict.fromkeys(("api.alive", "api.ready", "api.metrics"), _DATA),
    **dict.fromkeys(("language.change", "wall_links.opened"), _THROUGH),
    **dict.fromkeys(("single_sign_on.leave", "single_sign_on.come_back"), _THROUGH),
    "maintenance.window": "one field, as the form on pemeliharaan",
    "handbook.picture": "a picture of a guide, not a page",
    "picture_progress.look": "stands for some seconds, beside a photograph at work",
    "second_step.ask": "stands after a right password alone; the key's and the code's look is on akun",
    "first_run.setup": "stands as long as there is no account, which this office has",
    "acknowledge_link.look": "a call's own link, used up by opening it",
    "call_trials.listing": "whom an outage calls, and who confirmed a trial, which the office of the pictures has not",
    "data_path.page": "what the doctor found on a machine, and the office of the pictures has none",
}
