"""The month that is over, told to whoever of the book wishes it ("apa yang kami dapat?"): wishes in, outbox rows out.

On the first working day of a month, or in the next working hour of a tracker that was off; one message a month and
contact. While the monitoring does not answer nobody is told half a month: it is tried again, and the administrators are
told so once. The first month told is that in which the wish was made.
"""

from datetime import datetime, timedelta
from functools import partial

from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig
from request_tracker.evidence.monitoring import monitoring_of
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.uptime import not_yet, said
from request_tracker.evidence.use import WAYS
from request_tracker.outages.call_text import LONGEST_TEXT, cut
from request_tracker.reports.months import OPD, UPLINK, MonthFigures, month_of
from request_tracker.reports.periods import Period, month
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row
from request_tracker.store.each_row import rows_of_a_job
from request_tracker.store.outbox import Notice, Outgoing, put
from request_tracker.words.bilingual import Both, filled
from request_tracker.words.way_names import WAY_NAMES

KEEPERS = "role:admin"
# A month of one office takes the monitoring up to a second; the other duties wait for them.
A_TURN = 5
# How often the job comes.
TURN_SECONDS = 600.0
_MEGABIT = 125_000  # Bytes.
# A name of the city file may be of any length: what comes behind it in the message must still fit.
_LONGEST_NAME = LONGEST_TEXT // 8
_WISHES = (
    "SELECT b.subject, w.contact_id FROM monthly_wishes w JOIN contact_book b ON b.contact_id = w.contact_id"
    " JOIN contacts c ON c.id = w.contact_id WHERE c.masked_at IS NULL AND w.wished_at < ?"
    " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.key = ? || w.contact_id) ORDER BY w.contact_id"
)


def tell_months(desk: Desk, config: TrackerConfig, now: datetime) -> list[str]:
    """Tell a few of those who wish it; the subjects of the months that were told now. Raises RowsFailed."""
    if desk.calendar.worked(now, now + timedelta(minutes=1)) == timedelta():
        return []
    period = last_month(desk, now)
    wishes = desk.store.rows(_WISHES, [stamp(period.moments(desk.calendar.zone)[1]), _key(period)])
    prometheus, run, subjects = monitoring_of(config), rows_of_a_job(), _subjects(desk)
    # Of what has left the city file there is nothing to tell. A few a turn also where nobody can be told: each waits
    # for a monitoring that is silent, and calls for outages wait behind it.
    for wish in _of_this_turn([wish for wish in wishes if wish["subject"] in subjects], now):
        run.do(wish["subject"], partial(_tell, desk, config, prometheus, (wish, period), now))
    return run.over()


def last_month(desk: Desk, now: datetime) -> Period:
    """The month that ended before today."""
    first = desk.calendar.local(now).date().replace(day=1)
    return month((first - timedelta(days=1)).strftime("%Y-%m"))


def summary_lines(of: MonthFigures) -> list[Both]:
    """What the message says; of what was measured for too little of the month no figure."""
    uptime, outages = of.measured.uptime, of.outages.outages
    lost = sum(outage.lost.get(of.key, 0.0) for outage in outages)
    minutes = round(lost / 60) if of.kind == OPD else of.outages.minutes
    limit = Both("Alokasi", "Allocation") if of.kind == OPD else Both("Kapasitas", "Capacity")
    availability = not_yet(0) if uptime.share is None else said(uptime.share, uptime.measured_share, of.least)
    return [
        *(filled(Both("{} {}: {}", "{}, {}: {}"), limit, WAY_NAMES[way], _rate(of.limits[way])) for way in WAYS),
        *(filled(Both("Pemakaian p95 {}: {}", "Use, p95, {}: {}"), WAY_NAMES[way], _use(of, way)) for way in WAYS),
        filled(Both("Ketersediaan: {}", "Availability: {}"), availability),
        filled(
            Both("Gangguan tercatat: {} kejadian, {} menit", "Outages on record: {}, {} minutes"), len(outages), minutes
        ),
    ]


def _of_this_turn(wishes: list[Row], now: datetime) -> list[Row]:
    """The next few, each turn further along those who are left: a few who fail each time hold nobody up behind them."""
    if not wishes:
        return []
    first = int(now.timestamp() // TURN_SECONDS) * A_TURN % len(wishes)
    return (wishes[first:] + wishes[:first])[:A_TURN]


def _tell(
    desk: Desk, config: TrackerConfig, prometheus: Prometheus, of: tuple[Row, Period], now: datetime
) -> list[str]:
    """Tell one contact; the subject, or nothing where the monitoring gave no answer."""
    wish, period = of
    kind, _, key = wish["subject"].partition(":")
    figures = month_of(desk, (kind, key, period), now, prometheus, config.evidence)
    recipient = f"contact:{wish['contact_id']}"
    with desk.store.transaction() as db:
        if figures.problem:
            put(db, Outgoing(f"monthly_waits:{period.name}", KEEPERS, _waits(figures), calm=True), now)
            return []
        # It may have been taken back while the monitoring was asked.
        if not desk.store.row("SELECT 1 FROM monthly_wishes WHERE contact_id = ?", [wish["contact_id"]]):
            return []
        notice = _notice(figures, f"{config.public_url.rstrip('/')}/bulanan/{period.name}/{kind}/{key}")
        put(db, Outgoing(f"{_key(period)}{wish['contact_id']}", recipient, notice, calm=True), now)
    return [wish["subject"]]


def _notice(of: MonthFigures, page: str) -> Notice:
    lines, name = summary_lines(of), cut(of.name, _LONGEST_NAME)
    last = of.month.until - timedelta(days=1)
    indonesian, english = ("\n".join(line.said(language) for line in lines) for language in ("id", "en"))
    # The page is the department's: an office that wants the paper asks for it by this address.
    where = f"Laporan lengkap pada petugas Dinas / the whole report, from the department's staff: {page}"
    return Notice(
        template="monthly_summary",
        number=f"Ringkasan {of.month.name}",
        title=name,
        subject=f"{of.month.since:%d-%m-%Y} – {last:%d-%m-%Y}",
        step_text=f"{indonesian}\n\n{english}\n\n{where}",
    )


def _waits(of: MonthFigures) -> Notice:
    problem = of.problem.indonesian if of.problem else ""
    return Notice(
        template="monthly_waits", number=f"Ringkasan {of.month.name}", title="Ringkasan bulanan", subject=problem
    )


def _use(of: MonthFigures, way: str) -> Both:
    """The p95, where the share of the month of which there is a mean speaks for it."""
    use, share = of.use[way], of.use_measured[way]
    return not_yet(share) if use.p95 is None or share < of.least else _rate(use.p95)


def _rate(value: float | None) -> Both:
    text = "–" if value is None else f"{value / _MEGABIT:.2f}".rstrip("0").rstrip(".") + " Mbit/s"
    return Both(text.replace(".", ","), text)


def _key(period: Period) -> str:
    return f"monthly:{period.name}:contact:"


def _subjects(desk: Desk) -> set[str]:
    """Whatever a month can be told of."""
    uplinks = {f"{UPLINK}:{uplink.name}" for uplink in desk.city.uplinks}
    return uplinks | {f"{OPD}:{opd.code}" for opd in desk.city.opds}
