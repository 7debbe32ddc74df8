"""Roles and what they may do, as data (REFERENCE 6.6). Step lanes are the SOP's business; this is everything else."""

from dataclasses import dataclass

from request_tracker.words.bilingual import Both

ROLES = {
    "requester": "Pemohon / OPD",
    "head_of_office": "Kepala Dinas",
    "head_of_division": "Kepala Bidang",
    "head_of_section": "Kepala Seksi",
    "technician": "Tim Teknis",
    "secretariat": "Kasubag TU",
    "noc_operator": "Operator NOC",
    "admin": "Administrator",
    "auditor": "Auditor",
}
_ENGLISH = {
    "requester": "Requester / office",
    "head_of_office": "Head of office",
    "head_of_division": "Head of division",
    "head_of_section": "Head of section",
    "technician": "Technician",
    "secretariat": "Secretariat",
    "noc_operator": "NOC operator",
    "admin": "Administrator",
    "auditor": "Auditor",
}
ROLE_NAMES = {role: Both(name, _ENGLISH[role]) for role, name in ROLES.items()}
# To whom a step's reminder is carried up when its time has passed; the head of the office has nobody above here.
SUPERIOR = {
    "requester": "head_of_section",
    "technician": "head_of_section",
    "noc_operator": "head_of_section",
    "head_of_section": "head_of_division",
    "head_of_division": "head_of_office",
    "secretariat": "head_of_office",
}
_OFFICIALS = frozenset({"head_of_office", "head_of_division", "head_of_section"})
_STAFF = _OFFICIALS | {"technician", "secretariat", "noc_operator"}


@dataclass(frozen=True)
class Permission:
    """What can be done outside the SOPs' steps: its name in Indonesian and English, and the roles that may."""

    indonesian: str
    english: str
    roles: frozenset[str]


ACTS: dict[str, Permission] = {
    "see_cases": Permission("melihat kasus", "see cases", _STAFF | {"auditor", "admin"}),
    "open_request": Permission(
        "membuka permohonan atas nama OPD", "open a request on behalf of an office", _STAFF - {"head_of_office"}
    ),
    "sort_inbox": Permission(
        "memeriksa kotak masuk",
        "sort the inbox",
        frozenset({"secretariat", "technician", "head_of_section"}),
    ),
    "end_early": Permission(
        "mengakhiri kasus lebih awal (spam, uji coba, rangkap)",
        "end a case early (spam, test, double)",
        _OFFICIALS | {"secretariat"},
    ),
    "see_contact": Permission(
        "melihat kontak pemohon (dicatat)",
        "see a requester's contact (logged)",
        frozenset({"secretariat", "technician", "head_of_section"}),
    ),
    "see_contact_on_outage": Permission(
        "melihat kontak pelapor selama gangguan berlangsung (dicatat)",
        "see who reported an outage while it lasts (logged)",
        frozenset({"technician", "noc_operator"}),
    ),
    "read_papers": Permission(
        "membaca isi kasus, surat dan lampiran", "read a case's forms, papers and attachments", _STAFF | {"auditor"}
    ),
    "see_hosts": Permission(
        "melihat pemakai jaringan (dicatat)", "see who uses the network (logged)", _STAFF - {"secretariat"}
    ),
    "see_capacity": Permission(
        "melihat daftar kesediaan bandwidth",
        "see the list of available bandwidth",
        _OFFICIALS | {"technician", "noc_operator", "admin", "auditor"},
    ),
    "ask_fallback": Permission(
        "mengajukan rencana cadangan",
        "put a fallback plan forward",
        frozenset({"technician", "head_of_section", "head_of_division"}),
    ),
    "sign_fallback": Permission(
        "menyetujui rencana cadangan", "sign a fallback plan", frozenset({"head_of_division", "head_of_office"})
    ),
    "keep_waiting_list": Permission(
        "mengisi daftar tunggu",
        "keep the waiting list",
        frozenset({"technician", "head_of_section", "head_of_division"}),
    ),
    "register_anyway": Permission(
        "melanjutkan tanpa pemantauan, dengan alasan",
        "go on without the monitoring, with a reason",
        frozenset({"head_of_section", "head_of_division"}),
    ),
    "acknowledge": Permission(
        "menangani gangguan",
        "acknowledge an outage",
        # Whom the chain of calls reaches (``outages.follow``) may say that he has it.
        frozenset({"technician", "head_of_section", "head_of_division", "head_of_office", "noc_operator"}),
    ),
    "isp_contact": Permission(
        "mencatat hubungan dengan ISP",
        "note contact with the ISP",
        frozenset({"technician", "head_of_section", "noc_operator"}),
    ),
    "name_cause": Permission(
        "mengisi penyebab gangguan",
        "say the cause of an outage",
        frozenset({"technician", "head_of_section", "noc_operator"}),
    ),
    "see_live": Permission(
        "melihat lalu lintas yang sedang berjalan (dinding)",
        "see live traffic (the wall)",
        _STAFF | {"auditor", "admin"},
    ),
    "manage_screens": Permission(
        "membuat dan mencabut tautan layar dinding", "make and revoke links of wall screens", frozenset({"admin"})
    ),
    "manage_users": Permission("mengelola pengguna dan peran", "manage users and roles", frozenset({"admin"})),
    "confirm_rights": Permission(
        "menyetujui perubahan wewenang sebagai orang kedua",
        "confirm changes of rights as the second person",
        frozenset({"admin", "auditor", "head_of_office"}),
    ),
    "delegate": Permission("menunjuk Plh. atau Plt.", "delegate to a Plh. or Plt.", _OFFICIALS | {"admin"}),
    "see_people": Permission(
        "melihat piket dan petugas", "see the roster and who is on duty", _STAFF | {"admin", "auditor"}
    ),
    "record_disposition": Permission(
        "mencatat disposisi kertas Kepala Dinas (tidak memutuskan)",
        "record the head's disposition on paper (not decide it)",
        frozenset({"secretariat"}),
    ),
    "sign_together": Permission("menandatangani laporan bersama-sama", "sign reports together", _OFFICIALS),
    "register_letter": Permission(
        "mengagendakan surat", "register letters", frozenset({"secretariat", "noc_operator"})
    ),
    "edit_roster": Permission(
        "mengatur piket", "change the duty roster", frozenset({"admin", "head_of_section", "head_of_division"})
    ),
    "edit_days": Permission("mengatur hari libur", "change the list of days", frozenset({"admin", "secretariat"})),
    "announce_maintenance": Permission(
        "mengumumkan pemeliharaan",
        "announce maintenance",
        frozenset({"head_of_section", "head_of_division", "noc_operator", "technician"}),
    ),
    "hand_in": Permission("menambahkan berkas pada kasus", "add files to a case", _STAFF),
    "relate": Permission("menautkan kasus terkait", "link related cases", _STAFF),
    "note": Permission("menulis catatan internal", "write internal notes", _STAFF),
    "read_notes": Permission("membaca catatan internal", "read internal notes", _STAFF | {"auditor"}),
    "answer": Permission(
        "menjawab pemohon",
        "answer a requester",
        frozenset({"technician", "head_of_section", "head_of_division", "secretariat"}),
    ),
    "edit_book": Permission(
        "mengubah buku narahubung",
        "change the book of contacts",
        frozenset({"technician", "head_of_section", "secretariat", "noc_operator", "admin"}),
    ),
    "tell_by_hand": Permission(
        "menyampaikan sendiri pesan yang belum sampai",
        "tell a message that reached nobody",
        frozenset({"technician", "head_of_section", "secretariat", "noc_operator", "admin"}),
    ),
    "see_evaluation": Permission(
        "melihat evaluasi dan survei",
        "see evaluations and the survey",
        _OFFICIALS | {"admin", "auditor", "secretariat"},
    ),
    "audit": Permission("memeriksa jejak audit", "inspect the audit trail", frozenset({"auditor", "admin"})),
    "examine": Permission(
        "memeriksa jalan data dan mesin", "examine the way of the data and the machine", frozenset({"admin"})
    ),
    "export": Permission("mengekspor data", "export data", frozenset({"admin", "auditor"})),
}


def may(roles: frozenset[str], act: str) -> bool:
    """True where one of the roles allows the act; an unknown act is a KeyError, never a silent yes."""
    return bool(roles & ACTS[act].roles)
