"""Sentences for refusals and messages: code to (Indonesian, English). ``errors.Refused`` fills in values."""

REFUSALS: dict[str, tuple[str, str]] = {
    "unknown_case": ("Kasus {number} tidak ada.", "There is no case {number}."),
    "unknown_sop": ("Tidak ada SOP {code} yang berlaku.", "No SOP {code} is in force."),
    "conflict": (
        "Orang lain sudah bertindak pada {number}; muat ulang halaman dan periksa lagi.",
        "Somebody else has acted on {number}; reload the page and look again.",
    ),
    "ended": ("Kasus {number} sudah selesai ({ending}).", "Case {number} has ended ({ending})."),
    "not_open_step": ("Langkah {step} belum atau tidak lagi terbuka.", "Step {step} is not open."),
    "not_your_lane": (
        "Langkah {step} menunggu {lanes}; peran Anda tidak termasuk.",
        "Step {step} waits for {lanes}; your roles do not include it.",
    ),
    "not_your_turn": ("Langkah {step} menunggu {lanes} lebih dahulu.", "Step {step} waits for {lanes} first."),
    "same_person": (
        "Langkah {step} harus dilakukan oleh orang yang berbeda.",
        "Step {step} must be done by a different person.",
    ),
    "missing_document": (
        "Langkah {step} belum lengkap: {documents}.",
        "Step {step} is not complete: {documents}.",
    ),
    "missing_field": ("Isian {fields} pada langkah {step} belum diisi.", "Step {step}: fill in {fields}."),
    "bad_field": ("Isian {field}: {reason}.", "Field {field}: {reason}."),
    "assignee_needed": ("Tunjuk petugas untuk langkah {step}.", "Name the technician for step {step}."),
    "assignee_role": (
        "Petugas yang ditunjuk tidak memegang peran {role}.",
        "The person named does not hold the role {role}.",
    ),
    "decision_needed": ("Pilih putusan: {labels}.", "Choose a decision: {labels}."),
    "note_needed": (
        "Langkah {step}: dijawab tidak pada {fields}; tuliskan alasannya pada catatan, atau kembalikan.",
        "Step {step}: answered no to {fields}; give the reason as a note, or send it back.",
    ),
    "no_paper_step": (
        "Langkah {step} tidak menunggu disposisi kertas Kepala Dinas.",
        "Step {step} does not wait for a disposition of the head on paper.",
    ),
    "not_the_decider": (
        "Langkah {step} diputuskan oleh {lanes}; pilih pejabat yang menandatangani kertas itu.",
        "Step {step} is decided by {lanes}; choose the official who signed the paper.",
    ),
    "no_way_back": ("Langkah {step} tidak dapat dikembalikan.", "Step {step} cannot be sent back."),
    "pause_reason": (
        "Jeda dengan alasan {reason} tidak diizinkan pada langkah {step}.",
        "A pause for {reason} is not allowed on step {step}.",
    ),
    "paused": ("Kasus {number} sedang dijeda: {reason}.", "Case {number} is paused: {reason}."),
    "not_paused": ("Kasus {number} tidak sedang dijeda.", "Case {number} is not paused."),
    "awaiting": (
        "Langkah {step} menunggu bukti dari pembentuk lalu lintas.",
        "Step {step} waits for the shaper's proof.",
    ),
    "no_allocation_step": ("Langkah {step} tidak mengubah alokasi.", "Step {step} changes no allocation."),
    "use_apply": (
        "Langkah {step} selesai melalui Terapkan alokasi dan bukti penerapannya.",
        "Step {step} is finished by applying the allocation and its proof.",
    ),
    "not_verified": (
        "Alokasi belum terbukti terpasang; langkah {step} belum dapat diselesaikan.",
        "The allocation is not proven in force; step {step} cannot be finished yet.",
    ),
    "nothing_to_register": (
        "Kasus {number} tidak menunggu pemantauan.",
        "Case {number} does not wait for the monitoring.",
    ),
    "probe_pending": (
        "Langkah {step}: {reason}. Agen sudah diminta membaca lagi; coba tandatangani beberapa detik lagi.",
        "Step {step}: {reason}. The agent has been asked to read again; try to sign in a few seconds.",
    ),
    "filed_afterwards_open": (
        "Berkas susulan {steps} belum dilengkapi; kasus belum dapat ditutup.",
        "{steps} must still be filed; the case cannot be closed.",
    ),
    "read_first": (
        "Langkah {step}: buka dan baca dahulu laporan monitoringnya.",
        "Step {step}: open and read its monitoring report first.",
    ),
    "bad_moment": (
        "Waktu kejadian harus sesudah langkah {step} dimulai dan tidak di masa depan.",
        "The time of the act must be after step {step} began and not in the future.",
    ),
    "no_opd": ("Kasus {number} tidak menyebut OPD.", "Case {number} names no OPD."),
    "reason_needed": ("{warning} Tuliskan alasannya.", "{warning} Give the reason."),
    "admission": ("Alokasi ditolak: {reason}.", "The allocation is refused: {reason}."),
    "cannot_move": (
        "Kasus tidak dapat dipindah ke revisi {revision}: {reason}.",
        "The case cannot be moved to revision {revision}: {reason}.",
    ),
    "may_not": ("Peran Anda tidak boleh melakukan ini.", "Your roles do not allow this."),
    "may_not_assign": (
        "Petugas ditunjuk oleh Kepala Seksi atau Kepala Bidang; peran Anda tidak termasuk.",
        "The heads of section and of division name the technician; your roles do not include it.",
    ),
    "may_not_cancel": (
        "Permohonan hanya dapat dibatalkan oleh pemohonnya, lewat tautan rahasianya.",
        "Only the requester can take a request back, by the secret link.",
    ),
    "may_not_reopen": (
        "Kasus dibuka kembali oleh Kepala Dinas, Kepala Bidang, Kepala Seksi, atau pemohonnya.",
        "The heads of office, division and section, or the requester, open a case again.",
    ),
    "unknown_token": ("Tautan tidak dikenal atau sudah tidak berlaku.", "The link is not known or no longer valid."),
    "too_late": ("Sudah terlambat: {reason}.", "It is too late: {reason}."),
    "wrong_login": (
        "Nama atau sandi salah, atau akun sedang terkunci 15 menit.",
        "Wrong name or password, or the account is locked for 15 minutes.",
    ),
    "provider_away": (
        "Penyedia akun tidak menjawab; masuk dengan sandi, atau coba lagi sebentar.",
        "The account provider does not answer; log in with a password, or try again in a while.",
    ),
    "provider_declined": (
        "Penyedia akun tidak mengizinkan Anda masuk; mulai lagi dari halaman ini.",
        "The account provider did not let you in; start again from this page.",
    ),
    "provider_stale": (
        "Jawaban penyedia akun bukan untuk permintaan masuk ini, atau sudah terlalu lama; mulai lagi dari halaman ini.",
        "The account provider's answer is not for this log-in, or too late; start again from this page.",
    ),
    "provider_other": (
        "Jawaban datang dari penyedia lain atau untuk aplikasi lain; beri tahu administrator.",
        "The answer is from another provider or for another application; tell the administrator.",
    ),
    "provider_invalid": (
        "Jawaban penyedia akun tidak dapat dipercaya; mulai lagi, dan bila terulang beri tahu administrator.",
        "The account provider's answer cannot be trusted; start again, and if it happens twice tell the administrator.",
    ),
    "provider_unknown": (
        "Akun {login} belum ada di pelacak; minta administrator membuatnya.",
        "There is no account {login} in the tracker; ask the administrator to make one.",
    ),
    "provider_disabled": (
        "Akun {login} dinonaktifkan; hubungi administrator.",
        "The account {login} is switched off; talk to the administrator.",
    ),
    "message_gone": (
        "Pesan ini sudah terkirim atau sudah disampaikan; muat ulang daftarnya.",
        "This message has gone out or was told already; reload the list.",
    ),
    "store_busy": (
        "Belum tersimpan: data pelacak sedang dipakai proses lain. Kirim lagi sebentar.",
        "Not stored: another program holds the tracker's data. Send it again in a moment.",
    ),
    "store_full": (
        "Belum tersimpan: penyimpanan pelacak penuh atau tak dapat ditulis. Beri tahu administrator, lalu kirim lagi.",
        "Not stored: the tracker's disk is full or cannot be written. Tell the administrator, then send it again.",
    ),
}

MESSAGES: dict[str, tuple[str, str]] = {
    "request_received": ("Permohonan Anda diterima.", "Your request has arrived."),
    "step_waiting": ("Langkah ini menunggu Anda.", "This step waits for you."),
    "step_copy": ("Tembusan: langkah ini selesai.", "Copy: this step is done."),
    "sent_back": (
        "Kasus dikembalikan kepada Anda; baca catatannya, lengkapi, lalu kirim lagi.",
        "The case was sent back to you; read the note, complete it and send it again.",
    ),
    "answered": ("Petugas menanggapi; lihat halaman kasus Anda.", "Staff has answered; see your case's page."),
    "requester_wrote": (
        "Pemohon menulis; baca dan tanggapi di halaman kasus.",
        "The requester has written; read and answer on the case's page.",
    ),
    "late_this_week": ("Daftar mingguan langkah yang terlambat.", "The week's list of late steps."),
    "evaluation_waits": ("Evaluasi triwulan menunggu Anda.", "The quarterly evaluation waits for you."),
    "assigned": ("Anda ditunjuk sebagai petugas.", "You have been named the technician."),
    "waiting_for_you": ("Kasus dijeda sampai Anda melengkapi.", "The case is paused until you complete it."),
    "pause_over": (
        "Jeda berakhir dan waktu berjalan lagi. Sudah lengkap, atau perlu dijeda lagi?",
        "The pause is over and the clock goes on. Is it complete, or must it be paused again?",
    ),
    "step_near": ("Tiga perempat waktu langkah ini telah berlalu.", "Three quarters of this step's time have passed."),
    "step_late": ("Langkah ini terlambat.", "This step is late."),
    "monitoring_waits": (
        "Alokasi terpasang, tetapi pemantauan belum memakai batas baru.",
        "The allocation is in force, but the monitoring has not the new limit.",
    ),
    "case_ended": ("Kasus selesai.", "The case has ended."),
    "audit_faults": ("Pemeriksaan malam menemukan kerusakan.", "The night's verification has found damage."),
    "outage_waiting": ("Gangguan belum ada yang menangani.", "Nobody has taken the outage."),
    "estimate_missed": (
        "Estimasi pulih terlewati; tanyakan lagi kepada ISP.",
        "The estimated recovery has passed; ask the ISP again.",
    ),
}
