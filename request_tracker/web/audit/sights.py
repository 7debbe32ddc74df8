"""Who saw which personal data, for people: a row of the log of sights in, its words out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from request_tracker.people.privacy import EXPORT, HOSTS
from request_tracker.reports.export import TABLES
from request_tracker.store.database import Row
from request_tracker.words.bilingual import Both

_CONTACT = Both("kontak pemohon", "the requester's contact")
_HOSTS = Both("pemakai jaringan", "users of the network")
_EXPORT = Both("ekspor", "export")
_ALL = Both("semua OPD", "all OPDs")
# The spans of the page of hosts as its log has them (``network.host_form.SPANS``); a range of one's own is dates.
_SPANS = {
    "1h": Both("1 jam terakhir", "last hour"),
    "6h": Both("6 jam terakhir", "last 6 hours"),
    "24h": Both("24 jam terakhir", "last 24 hours"),
    "7d": Both("7 hari terakhir", "last 7 days"),
    "30d": Both("30 hari terakhir", "last 30 days"),
}


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Who (an account's reference), when, what in words, and more of it: the time asked for, filters, the reason."""

    person: str
    at: str
    what: str
    more: str
    case_number: str | None


def sight(row: Row, opds: Mapping[str, str], language: str) -> Sight:
    """One row; what has no name stays as it was written."""
    what, more = _words(str(row["what"]), opds, language)
    return Sight(person=row["person"], at=row["at"], what=what, more=more, case_number=row["case_number"])


def _words(what: str, opds: Mapping[str, str], language: str) -> tuple[str, str]:
    if what.startswith(HOSTS):
        opd, _, rest = what.removeprefix(HOSTS).partition(" ")
        span, _, more = rest.partition(" ")
        if span in _SPANS:
            rest = " ".join(filter(None, (_SPANS[span].said(language), more)))
        return f"{_HOSTS.said(language)}: {_ALL.said(language) if opd == '*' else opds.get(opd, opd)}", rest
    if what.startswith(EXPORT):
        table = TABLES.get(key := what.removeprefix(EXPORT))
        return f"{_EXPORT.said(language)}: {Both(table.indonesian, table.english).said(language) if table else key}", ""
    return _CONTACT.said(language), ""
