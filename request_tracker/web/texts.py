"""Words for codes that stand in data: causes, kinds, endings, verdicts. Code and language in, a phrase out."""

_WORDS: dict[str, tuple[str, str]] = {
    "link_down": ("tautan mati", "link down"),
    "device_down": ("perangkat mati", "device down"),
    "silent": ("tautan menyala, tidak ada yang lewat", "link up, nothing passes"),
    "unreachable": ("tidak menjawab", "does not answer"),
    "uplink": ("uplink ISP", "ISP uplink"),
    "link": ("tautan jaringan", "network link"),
    "opd": ("tautan OPD", "office line"),
    "device": ("perangkat", "device"),
    "selesai": ("selesai", "finished"),
    "ditolak": ("ditolak", "refused"),
    "tidak_tersedia": ("tidak tersedia", "not available"),
    "dibatalkan": ("dibatalkan", "cancelled"),
    "disarankan": ("disarankan", "advised"),
    "disarankan_sebagian": ("disarankan sebagian", "advised in part"),
    "belum_disarankan": ("belum disarankan", "not advised yet"),
    "belum_dinilai": ("belum dinilai", "not judged yet"),
    "tanpa_pemeriksaan": ("tanpa pemeriksaan di lokasi", "no inspection on site"),
    "permintaan_informasi": ("permintaan informasi", "question"),
    "dengan_pemeriksaan": ("dengan pemeriksaan di lokasi", "inspection on site"),
    "public_comment": ("tanggapan kepada pemohon", "answer to the requester"),
    "tersedia": ("tersedia", "available"),
    "terhubung": ("terhubung", "connected"),
    "tidak_terhubung": ("tidak terhubung", "not connected"),
    "tidak_dapat": ("tidak dapat diselesaikan", "cannot be solved"),
    "opened": ("dibuka", "opened"),
    "signed": ("ditandatangani", "signed"),
    "step_entered": ("langkah dimulai", "step entered"),
    "step_completed": ("langkah selesai", "step completed"),
    "assigned": ("petugas ditunjuk", "technician named"),
    "document_added": ("dokumen ditambahkan", "document added"),
    "allocation_applied": ("alokasi ditetapkan dalam buku", "allocation written to the ledger"),
    "allocation_verified": ("alokasi terbukti terpasang", "allocation proven in force"),
    "allocation_failed": ("alokasi belum terpasang", "allocation not in force"),
    "acknowledged": ("ditangani", "acknowledged"),
    "connected": ("tersambung kembali", "connected again"),
    "returned": ("dikembalikan", "sent back"),
    "ended": ("kasus selesai", "case ended"),
    "isp_contact": ("ISP dihubungi", "ISP contacted"),
    "recovery_estimate": ("estimasi pulih", "estimated recovery"),
    "form_filled": ("formulir diisi", "form filled"),
    "paused": ("dijeda", "paused"),
    "resumed": ("dilanjutkan", "resumed"),
    "decided": ("diputuskan", "decided"),
    "report_read": ("laporan dibaca", "report read"),
    "counter": ("loket", "counter"),
    "phone": ("telepon", "telephone"),
    "email": ("surel", "e-mail"),
    "message": ("pesan singkat", "message"),
    "letter": ("surat", "letter"),
    "fax": ("faks", "fax"),
    "evidence_frozen": ("bukti dibekukan", "evidence frozen"),
}


def sop_words(key: str | None, language: str) -> str:
    """The phrase; a code without one is shown with its underscores as blanks."""
    if key is None:
        return ""
    pair = _WORDS.get(key)
    return (pair[1] if language == "en" else pair[0]) if pair else key.replace("_", " ")
