"""Codes of labels as people say them: parts of the system, why a device was not read, why bytes were set aside.

Names of jobs stay as they are: the log, the runbook and the doctor call them so too.
"""

from collections.abc import Mapping

PARTS: Mapping[str, str] = {
    "exporter": "pembaca SNMP",
    "devices": "perangkat lewat pembaca SNMP",
    "snmp": "pembaca SNMP",
    "watch": "pemantau",
    "flows": "penerima flow",
    "tracker": "pelacak",
    "shaper": "pembatas laju",
    "shaping": "pembatas laju",
}
# Of ``lebarpita_disk_free_bytes`` and ``lebarpita_disk_used_bytes``.
PLACES: Mapping[str, str] = {
    "database": "basis data",
    "files": "berkas",
    "backups": "cadangan",
    "temporary": "sementara",
    "history": "riwayat flow",
    "flows": "penerima flow",
    "watch": "jurnal pemantau",
    "shaping": "pembatas laju",
    "prometheus": "Prometheus",
}
# Of ``lebarpita_snmp_failure`` and ``lebarpita_snmp_poll_failures_total``; a test holds them to exporter's own list.
SNMP_REASONS: Mapping[str, str] = {
    "timeout": "tidak menjawab dalam waktunya",
    "no_agent": "tidak ada agen SNMP",
    "wrong_community": "komunitas salah",
    "unknown_user": "pengguna tidak dikenal",
    "wrong_key": "kunci autentikasi salah",
    "wrong_privacy_key": "kunci privasi salah",
    "wrong_level": "tingkat keamanan berbeda",
    "authentication": "autentikasi ditolak",
    "not_snmp": "jawabannya bukan SNMP",
    "bad_answer": "jawaban tidak masuk akal",
    "agent_error": "agen menjawab galat",
    "endless": "tabel tanpa akhir",
    "deadline": "terlalu lama",
    "dns": "nama tidak ditemukan",
    "credential": "rahasia tidak terbaca",
    "network": "jaringan tidak sampai",
}
TRAP_REASONS: Mapping[str, str] = {
    "unknown_address": "pengirim tidak dikenal",
    "malformed": "rusak",
    "wrong_community": "komunitas salah",
    "unknown_user": "pengguna tidak dikenal",
    "wrong_level": "tingkat keamanan berbeda",
    "too_many_engines": "terlalu banyak mesin SNMP",
}
TRAP_READINGS: Mapping[str, str] = {"answered": "terjawab", "failed": "gagal"}
FLOW_REASONS: Mapping[str, str] = {"unknown_exporter": "pengirim tidak dikenal", "fault": "program gagal"}
ASIDE_REASONS: Mapping[str, str] = {
    "internal": "dihitung pengirim lain",
    "not_uplink": "bukan lewat uplink",
    "egress_copy": "salinan keluar",
}
MEDIA: Mapping[str, str] = {"optical": "serat optik", "onu": "ONU", "pon": "PON", "radio": "radio", "lte": "LTE"}
SENDERS: Mapping[str, str] = {"strangers": "pemohon", "staff": "petugas"}
PICTURES: Mapping[str, str] = {"at_work": "diolah", "waiting": "menunggu"}
# Of the tracker's connections closed and requests refused.
HTTP_REASONS: Mapping[str, str] = {
    "head_time": "kepala terlalu lambat",
    "head_size": "kepala terlalu besar",
    "body_time": "kiriman terlalu lambat",
    "answer_time": "jawaban tidak diambil",
    "idle_time": "menganggur",
    "crowd": "terlalu banyak",
    "body_size": "kiriman terlalu besar",
    "no_room": "tidak ada ruang",
    "busy": "sibuk",
}
