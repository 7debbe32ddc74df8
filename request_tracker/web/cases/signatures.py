"""How a paper with signatures is signed (BTM-09): a form's choice in, the kind and a scan out. BSrE is not built in."""

from request_tracker.cases import Case, Possible, Supplied
from request_tracker.cases.model import EMPTY, Data
from request_tracker.cases.signing import LINK, PASSWORD, SCAN, formal
from request_tracker.errors import Refused, WrongFields
from request_tracker.people.accounts import MAX_PASSWORD, check_password
from request_tracker.people.throttle import Origin
from request_tracker.sop.fields import Field
from request_tracker.sop.register import by_hash
from request_tracker.web.shell.access import me, session_place
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, read_values
from request_tracker.web.shell.uploads import uploaded
from request_tracker.words.bilingual import Both

Signed = tuple[Data, dict[str, Supplied]]
NOTHING: Signed = (EMPTY, {})
# Characters of a kind's name; BSrE and its like are as short as ours.
MAX_KIND = 20
SIGNING = (
    Field("signature", "Cara menandatangani", "How you sign", required=False, longest=MAX_KIND),
    Field("password", "Sandi Anda", "Your password", "secret", required=False, longest=MAX_PASSWORD),
)
SCANNED = "signed_scan"
_NAMES = {field.key: field.name for field in SIGNING} | {SCANNED: Both("Pindaian", "Scan")}
_FORM = DeclaredForm(name="signing", address="", title=Both("Cara menandatangani", "How you sign"), fields=SIGNING)


def by_account(case: Case, act: Possible) -> Signed:
    """By somebody with an account: the password again, or the scan of what was signed by hand.

    Raises WrongFields that names the field: the password is asked for again, what else was filled in stays.
    """
    papers = formal(by_hash(office().desk.store, case.sop_hash), act.step, act.lane)
    if not papers:
        return NOTHING
    values = read_values(_FORM).sound()
    chosen = values.text("signature") or PASSWORD
    if chosen == SCAN:
        return _scanned(papers[0].key)
    if chosen != PASSWORD:
        raise _fault("signature", Refused("signature_kind", kind=chosen).both())
    password = values.text("password")
    if not password:
        raise _fault("password", Both("belum diisi", "is not filled in"))
    if check_password(office().desk.store, me().login, password, now(), Origin(device=session_place())) != me().id:
        raise _fault("password", Refused("wrong_password").both())
    return {"kind": PASSWORD}, {}


def by_link(case: Case, act: Possible) -> Signed:
    """By the requester's secret link, or by a scan he hands in."""
    papers = formal(by_hash(office().desk.store, case.sop_hash), act.step, act.lane)
    if not papers:
        return NOTHING
    return _scanned(papers[0].key) if uploaded(SCANNED) else ({"kind": LINK}, {})


def _fault(field: str, fault: Both) -> WrongFields:
    return WrongFields({field: fault}, _NAMES)


def _scanned(document: str) -> Signed:
    scan = uploaded(SCANNED)
    if scan is None:
        raise _fault(SCANNED, Both("berkasnya belum dipilih", "no file is chosen"))
    return {"kind": SCAN, "sha256": scan.sha256}, {document: scan}
