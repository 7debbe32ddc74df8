"""Codes of labels as people say them, for the alerts' words: parts, jobs, roles, places, ways. Data.

Each table is held against its source by a test: a code without its word would reach a telephone.
"""

from collections.abc import Mapping

# As the boards call them (``dashboards.code_words``).
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
JOBS: Mapping[str, str] = {
    # The watch's and the SNMP reader's.
    "rounds": "memeriksa tautan",
    "losses": "mencari tautan sakit",
    "answers": "melaporkan jawaban yang salah",
    "causes": "mencari sebab gangguan",
    "traps": "menerima trap",
    "trap_polls": "membaca perangkat setelah trap",
    "sender": "memberi tahu Alertmanager",
    "profile_reading": "membaca profil perangkat",
    "refresh_learning": "mempelajari irama perangkat",
    # The flow receiver's.
    "receiving": "menerima flow",
    "counters": "menyimpan hitungan flow",
    "state": "menyimpan keadaan flow",
    "history": "menulis riwayat pemakaian",
    "clickhouse": "mengirim riwayat ke ClickHouse",
    # The shaper's.
    "ledger": "membaca buku alokasi",
    "watch": "membaca keadaan uplink",
    "queues": "menerapkan laju",
    "verdicts": "menilai jaminan",
    "evidence": "menulis bukti jaminan",
    "proof": "mengirim bukti",
    "unconfirmed": "menunggu konfirmasi laju",
    # The tracker's.
    "clock": "memeriksa jam",
    "reconcile": "mencatat gangguan",
    "weekly_work": "mengumumkan pekerjaan mingguan",
    "planned_time": "memisahkan menit terencana",
    "silences": "membungkam selama pekerjaan",
    "silenced": "membaca pembungkaman",
    "reported_ends": "menutup laporan gangguan",
    "escalation": "memanggil petugas piket",
    "ends": "mengabarkan pulih",
    "watchdog": "menjaga tanda hidup peringatan",
    "estimates": "menanyakan estimasi pulih",
    "calls": "mengingatkan telepon ke ISP",
    "pauses": "mengakhiri penundaan",
    "reminders": "mengirim pengingat",
    "allocation_ends": "mengabarkan akhir alokasi",
    "promises": "mengingatkan janji",
    "inbox": "mengingatkan surat masuk",
    "handing_on": "meneruskan langkah",
    "fallback": "mengabarkan mode cadangan",
    "late_list": "mengirim daftar terlambat",
    "registration": "mendaftarkan ke pemantauan",
    "dispositions": "mengabarkan disposisi",
    "waiting_list": "mengabarkan daftar tunggu",
    "calendar": "mengingatkan kalender",
    "evaluation": "mengingatkan evaluasi",
    "monthly": "mengirim ringkasan bulanan",
    "parked_files": "membuang berkas tertinggal",
    "office_files": "mencatat berkas kantor",
    "measured_days": "menyimpan hari terukur",
    "outbox": "mengirim pesan",
}
# As the tracker calls them (``request_tracker.people.roles``).
ROLES: Mapping[str, str] = {
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
KINDS: Mapping[str, str] = {"uplink": "uplink", "link": "tautan", "opd": "tautan OPD", "device": "perangkat"}
DIRECTIONS: Mapping[str, str] = {"receive": "unduh", "transmit": "unggah"}
INTEGRATIONS: Mapping[str, str] = {"webhook": "pelacak", "email": "surel", "telegram": "Telegram"}
