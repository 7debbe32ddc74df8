"""Roles and what they may do, as data (REFERENCE 6.6). Step lanes are the SOP's business; this is everything else."""

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

ACTS: dict[str, frozenset[str]] = {
    "see_cases": _STAFF | {"auditor", "admin"},
    "open_request": _STAFF - {"head_of_office"},
    "see_contact": frozenset({"secretariat", "technician", "head_of_section"}),
    "see_hosts": (_STAFF - {"secretariat"}),
    "acknowledge": frozenset({"technician", "head_of_section", "head_of_division", "noc_operator"}),
    "isp_contact": frozenset({"technician", "head_of_section", "noc_operator"}),
    "manage_users": frozenset({"admin"}),
    "delegate": _OFFICIALS | {"admin"},
    "see_people": _STAFF | {"admin", "auditor"},
    "register_letter": frozenset({"secretariat", "noc_operator"}),
    "edit_roster": frozenset({"admin", "head_of_section", "head_of_division"}),
    "edit_days": frozenset({"admin", "secretariat"}),
    "announce_maintenance": frozenset({"head_of_section", "head_of_division", "noc_operator", "technician"}),
    "hand_in": _STAFF,
    "answer": frozenset({"technician", "head_of_section", "head_of_division", "secretariat"}),
    "see_evaluation": _OFFICIALS | {"admin", "auditor", "secretariat"},
    "audit": frozenset({"auditor", "admin"}),
    "export": frozenset({"admin", "auditor"}),
}


def may(roles: frozenset[str], act: str) -> bool:
    """True where one of the roles allows the act; an unknown act is a KeyError, never a silent yes."""
    return bool(roles & ACTS[act])
