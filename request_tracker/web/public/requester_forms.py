"""The forms of the requester's page, each declared once; what was sent in, its values or every fault out.

His steps of the SOP, the letter that follows, what he writes, opening again and taking back. Nothing is stored here.
"""

from dataclasses import replace

from request_tracker.cases import Possible
from request_tracker.errors import WrongFields
from request_tracker.people.details import LONGEST
from request_tracker.sop.fields import Field
from request_tracker.web.cases.act_form import DECISION, NOTE, paper_fault
from request_tracker.web.shell.declared_forms import DeclaredForm, FieldValues, read_values
from request_tracker.web.shell.form_values import MAX_REASON
from request_tracker.words.bilingual import Both

# Who signs for the office, as it is printed under the paper.
SIGNATORY = (
    Field("signatory_name", "Nama penanda tangan", "Name of who signs", longest=LONGEST),
    Field("signatory_position", "Jabatan penanda tangan", "Position of who signs", longest=LONGEST),
)
SCAN = "signed_scan"
# Everything that a step may ask of a requester beside the form that its SOP names (``sop.forms.FORMS``).
OWN_STEP = DeclaredForm(
    name="own-step",
    address="/lacak/<token>/langkah/<step>",
    title=Both("Bagian pemohon pada sebuah langkah", "The requester's part of a step"),
    fields=(*(replace(field, required=False) for field in (*SIGNATORY, DECISION)), NOTE),
)
LATE_PAPER = DeclaredForm(
    name="own-letter",
    address="/lacak/<token>/surat",
    title=Both("Surat yang menyusul", "The letter that follows"),
    fields=(Field("document", "Surat", "Paper", "pick"),),
)
CANCEL = DeclaredForm(
    name="own-cancel",
    address="/lacak/<token>/batal",
    title=Both("Batalkan permohonan ini", "Take this request back"),
    fields=(Field("reason", "Alasan", "Reason", longest=MAX_REASON),),
)
OWN_REOPEN = DeclaredForm(
    name="own-reopen",
    address="/lacak/<token>/buka",
    title=Both("Buka kembali kasus ini", "Open this case again"),
    fields=(Field("note", "Apa yang belum beres", "What is not solved", longest=MAX_REASON),),
)
MESSAGE = DeclaredForm(
    name="own-message",
    address="/lacak/<token>/komentar",
    title=Both("Tulis kepada petugas", "Write to the office"),
    fields=(Field("text", "Tulis kepada petugas", "Write to the office", "long"),),
)
FORMS = {form.name: form for form in (OWN_STEP, LATE_PAPER, CANCEL, OWN_REOPEN, MESSAGE)}


def own_fields(act: Possible, signs: bool) -> tuple[Field, ...]:
    """What the form of a step asks, in the order of its page; ``signs``: his name stands under a paper."""
    decision = (replace(DECISION, kind="choice", choices=tuple(act.decisions)),) if act.decisions else ()
    return (*act.fields, *(SIGNATORY if signs else ()), *decision, NOTE)


def read_own_step(act: Possible, signs: bool) -> FieldValues:
    """The form of a step that was sent. Raises WrongFields with every fault of its fields and its papers."""
    form = replace(OWN_STEP, fields=own_fields(act, signs))
    values = read_values(form)
    names = {f"document_{paper.key}": Both(paper.name, paper.name) for paper in (*act.uploads, *act.replaces)}
    names |= {SCAN: Both("Pindaian", "Scan")} if signs else {}
    refusals = {key: fault for key in names if (fault := paper_fault(key)) is not None}
    if values.faults or refusals:
        raise WrongFields({**values.faults, **refusals}, {**form.names, **names})
    return values
