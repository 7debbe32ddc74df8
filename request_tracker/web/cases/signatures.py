"""How a paper with signatures is signed (BTM-09): a form's choice in, the kind and a scan out. BSrE is not built in."""

from flask import request

from request_tracker.cases import Case, Possible, Supplied
from request_tracker.cases.model import EMPTY, Data
from request_tracker.cases.signing import LINK, PASSWORD, SCAN, formal
from request_tracker.errors import Refused
from request_tracker.people.accounts import check_password
from request_tracker.people.throttle import Origin
from request_tracker.sop.register import by_hash
from request_tracker.web.shell.access import me, session_place
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.uploads import uploaded
from request_tracker.words.bilingual import Both

Signed = tuple[Data, dict[str, Supplied]]
NOTHING: Signed = (EMPTY, {})


def by_account(case: Case, act: Possible) -> Signed:
    """By somebody with an account: the password again, or the scan of what was signed by hand. Raises Refused."""
    papers = formal(by_hash(office().desk.store, case.sop_hash), act.step, act.lane)
    if not papers:
        return NOTHING
    chosen = request.form.get("signature", PASSWORD)
    if chosen == SCAN:
        return _scanned(papers[0].key, act)
    if chosen != PASSWORD:
        raise Refused("signature_kind", kind=chosen[:20])
    typed = request.form.get("password", "")
    if check_password(office().desk.store, me().login, typed, now(), Origin(device=session_place())) != me().id:
        raise Refused("wrong_password")
    return {"kind": PASSWORD}, {}


def by_link(case: Case, act: Possible) -> Signed:
    """By the requester's secret link, or by a scan he hands in."""
    papers = formal(by_hash(office().desk.store, case.sop_hash), act.step, act.lane)
    if not papers:
        return NOTHING
    scan = request.files.get("signed_scan")
    return _scanned(papers[0].key, act) if scan and scan.filename else ({"kind": LINK}, {})


def _scanned(document: str, act: Possible) -> Signed:
    scan = uploaded("signed_scan")
    if scan is None:
        raise Refused("missing_field", fields=Both("pindaian bertanda tangan", "signed scan"), step=act.step.id)
    return {"kind": SCAN, "sha256": scan.sha256}, {document: scan}
