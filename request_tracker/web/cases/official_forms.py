"""The forms of a case's page that belong to no step of its SOP, declared: pause, end, order, name, link, write."""

from request_tracker.cases.early_end import DOUBLE
from request_tracker.cases.endings import EARLY
from request_tracker.sop.fields import Field
from request_tracker.web.shell.declared_forms import DeclaredForm
from request_tracker.web.shell.form_values import MAX_REASON
from request_tracker.words.bilingual import Both
from request_tracker.words.labels import phrase

# Characters of a case's number, as a form sends it: the longest of ours has 18.
MAX_NUMBER = 40
_REASON = Field("reason", "Alasan", "Reason", longest=MAX_REASON)
PAUSE = DeclaredForm(
    name="pause",
    address="/kasus/<path:number>/jeda",
    title=Both("Jeda", "Pause"),
    fields=(
        Field("reason", "Alasan", "Reason", "pick", required=False),
        Field("until", "Sampai", "Until", "moment", required=False, ahead=True),
        Field("note", "Catatan jeda", "Note on the pause", required=False, longest=MAX_REASON),
    ),
)
EARLY_END = DeclaredForm(
    name="early-end",
    address="/kasus/<path:number>/akhiri",
    title=Both("Akhiri lebih awal", "End early"),
    fields=(
        Field("ending", "Karena", "Because it is", "choice", choices=EARLY),
        Field(
            "same_as",
            "Nomor kasus yang sama (bila rangkap)",
            "Number of the same case (if a double)",
            required=False,
            longest=MAX_NUMBER,
        ),
        Field("reason", "Alasan, dibaca pemohon", "Reason, read by the requester", longest=MAX_REASON),
    ),
    sense=lambda clean: (
        {"same_as": Both("belum diisi, padahal rangkap", "is empty, and it is a double")}
        if clean.get("ending") == DOUBLE and not clean.get("same_as")
        else {}
    ),
)
PRIORITY = DeclaredForm(
    name="priority",
    address="/kasus/<path:number>/prioritas",
    title=Both("Ubah prioritas", "Change the priority"),
    fields=(Field("priority", "Prioritas", "Priority", "pick"), _REASON),
)
REOPEN = DeclaredForm(
    name="reopen",
    address="/kasus/<path:number>/buka",
    title=Both("Buka kembali", "Open again"),
    fields=(
        Field("step", "Mulai lagi dari langkah", "Begin again at step", "pick"),
        Field("note", "Alasan", "Reason", longest=MAX_REASON),
    ),
)
ASSIGN = DeclaredForm(
    name="assign",
    address="/kasus/<path:number>/petugas",
    title=Both("Tunjuk petugas", "Name the technician"),
    fields=(Field("technician", "Teknisi", "Technician", "pick"),),
)
RELATION = DeclaredForm(
    name="relation",
    address="/kasus/<path:number>/terkait",
    title=Both("Tautkan kasus", "Link a case"),
    fields=(
        Field(
            "other",
            "Nomor kasus terkait",
            "Number of the related case",
            hint=Both("Misalnya PKL-BW/2026/000001", "For example PKL-BW/2026/000001"),
            longest=MAX_NUMBER,
        ),
    ),
)
REVISION = DeclaredForm(
    name="revision",
    address="/kasus/<path:number>/revisi",
    title=Both("Pindah ke revisi yang berlaku", "Move to the revision in force"),
    fields=(_REASON, Field("consent", "Disetujui Kepala Seksi", "Agreed by the section head", "pick")),
)
ANYWAY = DeclaredForm(
    name="without-monitoring",
    address="/kasus/<path:number>/pemantauan",
    title=Both("Lanjutkan tanpa pemantauan", "Go on without the monitoring"),
    fields=(
        Field(
            "reason",
            "Alasan melanjutkan tanpa pemantauan",
            "Reason to go on without the monitoring",
            longest=MAX_REASON,
        ),
    ),
)
WAITING = DeclaredForm(
    name="waiting-list",
    address="/kasus/<path:number>/daftar-tunggu",
    title=Both("Daftar tunggu", "Waiting list"),
    fields=(Field("reason", "Alasan atau catatan", "Reason or note", required=False, longest=MAX_REASON),),
)
# An edited or signed paper that comes back; its file is beside these fields.
FINAL_PAPER = DeclaredForm(
    name="final-paper",
    address="/kasus/<path:number>/surat",
    title=Both("Unggah yang final", "Upload the final one"),
    fields=(Field("document", "Surat", "Paper", "pick"),),
)
_TEXT = (Field("text", "Tulisan", "Text", "long"),)
ANSWER = DeclaredForm(
    name="answer",
    address="/kasus/<path:number>/tanggapan",
    title=Both("Tanggapan kepada pemohon", "Answer to the requester"),
    fields=_TEXT,
)
INTERNAL_NOTE = DeclaredForm(
    name="internal-note", address="/kasus/<path:number>/catatan", title=phrase("internal_note"), fields=_TEXT
)
FORMS = (
    *(PAUSE, EARLY_END, PRIORITY, REOPEN, ASSIGN, RELATION, REVISION, ANYWAY),
    *(ANSWER, INTERNAL_NOTE, WAITING, FINAL_PAPER),
)
OFFICIAL = {form.name: form for form in FORMS}
