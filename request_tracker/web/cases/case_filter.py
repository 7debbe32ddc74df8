"""What a list of cases may be asked for: one declaration for the list, its export and the API's description."""

from request_tracker.cases.queries import CaseFilter
from request_tracker.sop import register
from request_tracker.sop.fields import Field
from request_tracker.web.shell.context import office
from request_tracker.web.shell.declared_forms import DeclaredForm, FieldValues, read_values
from request_tracker.web.shell.form_values import MAX_SEARCH
from request_tracker.words.bilingual import Both

OPEN, ENDED = "terbuka", "selesai"
WORDS = Field("q", "Cari nomor, hal atau surat", "Search number, subject or letter", required=False, longest=MAX_SEARCH)
OPD = Field("opd", "OPD", "Office", "opd", required=False)
_FIELDS = (
    WORDS,
    OPD,
    Field("sop", "SOP", "SOP", "pick", required=False),
    Field("status", "Status", "Status", "choice", required=False, choices=(OPEN, ENDED)),
)
# More pages of fifty than an office has cases; a larger number would only make the database count.
PAGE_NUMBER = Field("halaman", "Halaman", "Page", "number", required=False, most=100_000)
CASE_LIST = DeclaredForm(
    name="case_list",
    address="/kasus",
    title=Both("Saring kasus", "Filter cases"),
    fields=(*_FIELDS, PAGE_NUMBER),
    in_address=True,
)
CASE_EXPORT = DeclaredForm(
    name="case_export", address="/ekspor", title=Both("Saring kasus", "Filter cases"), fields=_FIELDS, in_address=True
)


def read_filter(form: DeclaredForm) -> FieldValues:
    """What the address asks for; an SOP is one of the register's."""
    codes = register.codes(office().desk.store)
    return read_values(form.offering({"sop": {code: code for code in codes}}))


def filter_of(query: FieldValues) -> CaseFilter:
    """The same for the query: what could not be read filters nothing, and is said on the page."""
    status = query.text("status")
    return CaseFilter(
        text=query.text("q"),
        opd=query.text("opd") or None,
        sop=query.text("sop") or None,
        open_only=status == OPEN if status else None,
    )


def chosen(query: FieldValues) -> dict[str, str]:
    """What was asked for and understood, as an address carries it on; without the page's number."""
    return {key: str(value) for key, value in query.clean.items() if key != PAGE_NUMBER.key}
