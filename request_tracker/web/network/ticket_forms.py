"""The short forms of a ticket that belong to no step: the ISP that was called, the cause found. One note each."""

from flask import g

from request_tracker.cases import Note
from request_tracker.outages.found_cause import CAUSES, say_cause
from request_tracker.sop.fields import Field
from request_tracker.web.shell.access import me
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, read_values
from request_tracker.web.shell.form_values import MAX_LINE
from request_tracker.web.shell.signing import SentForm, act_on
from request_tracker.words.bilingual import Both

ISP_CONTACT = DeclaredForm(
    name="isp-contact",
    address="/gangguan/<path:number>/isp",
    title=Both("Catat hubungan ISP", "Note the ISP contact"),
    fields=(
        Field("isp", "ISP dan petugasnya", "ISP and person", longest=MAX_LINE),
        Field("isp_ticket", "Nomor tiket ISP", "ISP ticket", required=False, longest=MAX_LINE),
        Field("answer", "Jawaban", "Answer", required=False, longest=MAX_LINE),
        Field("estimate", "Estimasi pulih", "Estimated recovery", "moment", required=False, ahead=True),
        Field(
            "next_call",
            "Hubungi lagi pada (Anda diingatkan)",
            "Call again at (you are reminded)",
            "moment",
            required=False,
            ahead=True,
        ),
    ),
)
FOUND_CAUSE = DeclaredForm(
    name="cause",
    address="/gangguan/<path:number>/penyebab",
    title=Both("Isi penyebab gangguan", "Say the cause"),
    fields=(
        Field("cause", "Penyebab menurut temuan", "Cause as found", "pick"),
        Field("cause_text", "Keterangan", "Remark", required=False, longest=MAX_LINE),
    ),
)


def note_isp(number: str, page: str) -> None:
    """Keep whom one called and what he said. Raises WrongFields with every fault."""
    sent = read_values(ISP_CONTACT).sound()
    words = {key: sent.typed[key] for key in ("isp", "isp_ticket", "answer", "estimate")}
    estimate, next_call = sent.moment("estimate"), sent.moment("next_call")
    again = {"next_call": next_call.isoformat()} if next_call else {}
    also = (Note("recovery_estimate", {"estimate": estimate.isoformat()}),) if estimate else ()
    act_on(number, Note("isp_contact", {**words, **again}), SentForm(leads_to=page, also=also))


def note_cause(number: str) -> None:
    """Keep what it was. Raises WrongFields where it is none of the list."""
    names = {code: name.said(g.language) for code, name in CAUSES.items()}
    sent = read_values(FOUND_CAUSE.offering({"cause": names})).sound()
    say_cause(office().desk, number, (sent.text("cause"), sent.text("cause_text")), me().who, now())
