"""What a program may ask of the list of cases: the fields of the page's own filter, and where to begin."""

from request_tracker.sop.fields import Field
from request_tracker.web.cases.case_filter import OPD, WORDS
from request_tracker.web.shell.declared_forms import DeclaredForm
from request_tracker.words.bilingual import Both

# More cases than an office opens in a hundred years; a larger offset would only make the database count.
MAX_OFFSET = 1_000_000
CASE_SEARCH = DeclaredForm(
    name="api_cases",
    address="/api/cases",
    title=Both("Cari kasus", "Search cases"),
    fields=(WORDS, OPD, Field("offset", "Mulai dari", "Begin at", "number", required=False, most=MAX_OFFSET)),
    in_address=True,
)
