"""The form of a step as one declared object: an act in, its fields and what was sent, every fault told, out."""

from functools import partial

from request_tracker.cases import Case, Possible, Supplied
from request_tracker.errors import Refused, WrongFields
from request_tracker.inbox.form_sense import OfficeFacts, uplink_of
from request_tracker.ledger.allocations import allocation_of
from request_tracker.sop.fields import Field
from request_tracker.web.cases.proposal_form import NUMBER, number_faults
from request_tracker.web.cases.signatures import SIGNING
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, FieldValues, read_values
from request_tracker.web.shell.form_values import MAX_REASON
from request_tracker.web.shell.uploads import uploaded
from request_tracker.words.bilingual import Both

ASSIGNEE = Field("assignee", "Petugas yang ditunjuk", "Technician named", "number")
DECISION = Field("decision", "Putusan", "Decision")
NOTE = Field("note", "Catatan", "Note", "long", required=False)
REASON = Field(
    "reason",
    "Alasan (angka lain, sebagian, atau melebihi kapasitas)",
    "Reason (another number, a part, or above the capacity)",
    required=False,
    longest=MAX_REASON,
)
FIREWALL = Field(
    "firewall",
    "Catatan pembekuan perubahan atau firewall/IDS (bila ada)",
    "Note on a change freeze or firewall/IDS (if any)",
    required=False,
    longest=MAX_REASON,
)
OCCURRED = Field("occurred_at", "Waktu kejadian", "Time it happened", "moment", required=False, past=True)
FILE, NOT_CHOSEN = Both("Berkas", "File"), Both("belum dipilih", "is not chosen")
ADDRESS, TITLE = "/kasus/<path:number>/langkah/<step>", Both("Bagian seseorang pada sebuah langkah", "A step's act")
# Everything that a step may ask beside the form that its SOP names (``sop.forms.FORMS``, published with it).
ANY_STEP = DeclaredForm(
    name="step",
    address=ADDRESS,
    title=TITLE,
    fields=(*NUMBER, REASON, FIREWALL, NOTE, OCCURRED, *SIGNING),
)


def act_fields(act: Possible) -> tuple[Field, ...]:
    """What the form of an act asks, in the order of its page."""
    parts: tuple[tuple[bool, tuple[Field, ...]], ...] = (
        (True, act.fields),
        (act.needs_assignee, (ASSIGNEE,)),
        (act.applies, (FIREWALL,)),
        (act.proposes, NUMBER),
        (act.proposes or act.applies, (REASON,)),
        (bool(act.decisions), (DECISION,)),
        (True, (NOTE,)),
        (not act.applies, (OCCURRED,)),
    )
    return tuple(field for is_asked, fields in parts if is_asked for field in fields)


def read_act(case: Case, act: Possible) -> FieldValues:
    """The form that was sent. Raises WrongFields with every fault of its fields and its papers."""
    sense = partial(number_faults, facts=office_facts(case.opd or ""))
    declared = DeclaredForm(name=ANY_STEP.name, address=ADDRESS, title=TITLE, fields=act_fields(act))
    values = read_values(DeclaredForm(**{**vars(declared), "sense": sense}) if act.proposes else declared)
    names = {f"document_{paper.key}": Both(paper.name, paper.name) for paper in (*act.uploads, *act.replaces)}
    refusals = {key: fault for key in names if (fault := paper_fault(key)) is not None}
    if values.faults or refusals:
        raise WrongFields({**values.faults, **refusals}, {**declared.names, **names})
    return values


def paper_fault(key: str) -> Both | None:
    """What is wrong with the file of a field; a file that cannot be stored now is not the sender's fault."""
    try:
        uploaded(key)
    except Refused as error:
        if error.form_status != Refused.form_status:
            raise
        return error.both()
    return None


def with_paper(form: DeclaredForm, key: str, name: Both) -> tuple[FieldValues, Supplied]:
    """A form and the file that must be with it. Raises WrongFields with every fault, the file's told last."""
    values, fault = read_values(form), paper_fault(key)
    paper = None if fault else uploaded(key)
    if paper is None or values.faults:
        file_fault = {} if paper else {key: fault or NOT_CHOSEN}
        raise WrongFields({**values.faults, **file_fault}, {**form.names, key: name})
    return values, paper


def office_facts(opd: str) -> OfficeFacts:
    """What is known of the office whose number it is."""
    desk = office().desk
    return OfficeFacts(
        uplink=uplink_of(desk.city, opd),
        present=allocation_of(desk.store, opd, now()),
        today=desk.calendar.local(now()).date(),
    )
