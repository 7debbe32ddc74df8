"""The forms of the pages about people and days, declared: accounts, delegations, the duty roster, the office's days."""

from request_tracker.people.accounts import MAX_LOGIN, MAX_PERSON_NAME
from request_tracker.sop.fields import Field
from request_tracker.web.shell.declared_forms import DeclaredForm
from request_tracker.web.shell.form_values import MAX_LINE, MAX_SUBJECT
from request_tracker.words.bilingual import Both

# Characters of what a paper prints of a person, as one line of it holds.
MAX_DETAIL = 120
# A turn, a delegation: it ends after it begins, and what has ended already is none.
SPAN = (
    Field("starts", "Mulai", "From", "moment"),
    Field("ends", "Sampai", "Until", "moment", ahead=True, after="starts"),
)
NEW_ACCOUNT = DeclaredForm(
    name="account",
    address="/pengguna",
    title=Both("Pengguna baru", "New user"),
    fields=(
        Field("login", "Nama pengguna", "User name", longest=MAX_LOGIN),
        Field("name", "Nama atau jabatan", "Name or office title", longest=MAX_PERSON_NAME),
    ),
)
DETAILS = (
    Field("position", "Jabatan pada surat", "Position on papers", required=False, longest=MAX_DETAIL),
    Field("rank", "Pangkat, golongan", "Rank", required=False, longest=MAX_DETAIL),
    Field("nip", "NIP", "NIP", required=False, longest=MAX_DETAIL, personal=True),
    Field(
        "competence",
        "Kompetensi: pendidikan, pelatihan, sertifikat",
        "Competence: education, training, certificates",
        required=False,
        longest=MAX_DETAIL,
    ),
)
REACHED_AT = Field("address", "Alamat kabar", "Reached at", required=False, longest=MAX_SUBJECT, personal=True)
# Its buttons say which of these fields is meant.
ACCOUNT_CHANGE = DeclaredForm(
    name="account-change",
    address="/pengguna/<int:user>",
    title=Both("Ubah pengguna", "Change a user"),
    fields=(*DETAILS, REACHED_AT),
)
DELEGATION = DeclaredForm(
    name="delegation",
    address="/delegasi",
    title=Both("Delegasi baru", "New delegation"),
    fields=(
        Field("role", "Peran", "Role", "pick"),
        Field("giver", "Pejabat yang berhalangan", "Official who is away", "pick"),
        Field("taker", "Digantikan oleh", "Replaced by", "pick"),
        *SPAN,
        Field("basis", "Dasar (nomor surat perintah)", "Basis (number of the order)", longest=MAX_LINE),
    ),
)
TURN = DeclaredForm(
    name="duty-turn",
    address="/piket",
    title=Both("Giliran baru", "New turn"),
    fields=(Field("user", "Petugas", "Person", "pick"), Field("rank", "Urutan", "Rank", "pick"), *SPAN),
)
OFFICE_DAY = DeclaredForm(
    name="office-day",
    address="/hari-libur",
    title=Both("Tambah hari", "Add a day"),
    fields=(
        Field("day", "Tanggal", "Day", "date"),
        Field("name", "Nama", "Name", required=False, longest=MAX_DETAIL),
        Field("worked", "tetap bekerja pada hari ini", "this day is worked", "flag", required=False),
    ),
)
MONTH = DeclaredForm(
    name="ramadan",
    address="/hari-libur/ramadan",
    title=Both("Pastikan Ramadan", "Confirm Ramadan"),
    fields=(
        Field("first", "Hari pertama", "First day", "date"),
        Field("last", "Hari terakhir", "Last day", "date", after="first"),
    ),
)
