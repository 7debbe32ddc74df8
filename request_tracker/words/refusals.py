"""Sentences for refusals: code to (Indonesian, English). ``errors.Refused`` fills in values."""

from request_tracker.words.limit_refusals import LIMIT_REFUSALS
from request_tracker.words.login_refusals import LOGIN_REFUSALS
from request_tracker.words.rights_words import RIGHTS_REFUSALS

REFUSALS: dict[str, tuple[str, str]] = {
    **LIMIT_REFUSALS,
    **LOGIN_REFUSALS,
    **RIGHTS_REFUSALS,
    "bad_template": ("Templat {file}: {why}; perbaiki atau hapus.", "Template {file}: {why}; mend it or remove it."),
    "unknown_case": ("Kasus {number} tidak ada.", "There is no case {number}."),
    "unknown_action": (
        "Tindakan {word} tidak dikenal versi ini; pasang versi yang memilikinya, atau setujui revisi SOP tanpanya.",
        "This version does not know the action {word}; install one that does, or approve a revision without it.",
    ),
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
    "missing_document": ("Langkah {step} belum lengkap: {documents}.", "Step {step} is not complete: {documents}."),
    "paper_not_come": (
        "Kasus belum dapat ditutup: {documents} baru diumumkan dan belum diterima. Unggah di halaman kasus ini.",
        "The case cannot be closed yet: {documents} was announced and has not come. Upload it on this case's page.",
    ),
    "missing_field": ("Isian {fields} pada langkah {step} belum diisi.", "Step {step}: fill in {fields}."),
    "missing_here": ("Isian {fields} belum diisi.", "Fill in {fields}."),
    "wrong_fields": ("Yang perlu diperbaiki: {faults}.", "What needs to be corrected: {faults}."),
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
    "signature_kind": (
        "Cara menandatangani {kind} belum dikonfigurasi; pakai sandi atau pindaian.",
        "The kind of signature {kind} is not configured; use the password or a scan.",
    ),
    "no_priority": (
        "Kasus {number} bukan gangguan; prioritas hanya untuk gangguan.",
        "Case {number} is no outage; only outages have a priority.",
    ),
    "may_not_lower": (
        "Prioritas utama {number} hanya dapat diturunkan oleh Kepala Seksi.",
        "Only the head of the section may lower the first priority of {number}.",
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
    "no_proposal_step": (
        "Pada langkah {step} angka alokasi tidak dapat ditetapkan.",
        "The number of an allocation cannot be set at step {step}.",
    ),
    "proposal_needed": (
        "Langkah {step}: tetapkan dahulu angka alokasinya; tanpa angka yang ditandatangani tidak ada yang diterapkan.",
        "Step {step}: set the number of the allocation first; without a signed number nothing is applied.",
    ),
    "proposal_reason": (
        "Langkah {step}: tuliskan alasan angka ini; ia berbeda dari usulan atau kurang dari yang diminta.",
        "Step {step}: give the reason for this number; it differs from the proposal or is less than was asked for.",
    ),
    "extent_differs": (
        "Langkah {step}: angka yang tercatat berarti {extent}; sesuaikan putusan atau angkanya.",
        "Step {step}: the number that stands means {extent}; change the decision or the number.",
    ),
    "effects_differ": (
        "Kasus {number}: pengaruh pada OPD lain sudah dihitung ulang sesudah halaman ini dibuka. Belum ada yang"
        " ditandatangani; baca angka yang baru, lalu tanda tangani lagi.",
        "Case {number}: the effect on other offices was worked out anew after this page was opened. Nothing was"
        " signed; read the new figures, then sign again.",
    ),
    "not_signed": (
        "Langkah {step}: belum ada angka yang ditandatangani; kembalikan ke {back}.",
        "Step {step}: no number has been signed; send it back to {back}.",
    ),
    "not_as_signed": (
        "Langkah {step}: hanya angka yang ditandatangani dapat diterapkan; untuk angka lain kembalikan ke {back}.",
        "Step {step}: only the signed number can be applied; for another one send it back to {back}.",
    ),
    "use_apply": (
        "Langkah {step} selesai melalui Terapkan alokasi dan bukti penerapannya.",
        "Step {step} is finished by applying the allocation and its proof.",
    ),
    "not_verified": (
        "Alokasi belum terbukti terpasang; langkah {step} belum dapat diselesaikan.",
        "The allocation is not proven in force; step {step} cannot be finished yet.",
    ),
    "not_unmet": (
        "Kasus {number} bukan permohonan yang tidak terpenuhi; daftar tunggu hanya untuk itu.",
        "Case {number} is no request that was not met; the waiting list is for those only.",
    ),
    "off_the_list": (
        "Tuliskan mengapa {number} keluar dari daftar tunggu.",
        "Write why {number} comes off the waiting list.",
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
    "prometheus_unset": (
        "Prometheus belum diatur; isi prometheus: dalam konfigurasi.",
        "Prometheus is not configured; set prometheus: in the configuration.",
    ),
    "prometheus_silent": ("Prometheus tidak menjawab ({reason}).", "Prometheus did not answer ({reason})."),
    "prometheus_slow": ("Prometheus terlalu lama menjawab.", "Prometheus takes too long to answer."),
    "prometheus_refused": (
        "Prometheus menolak pertanyaan {query}: {reason}.",
        "Prometheus refused the query {query}: {reason}.",
    ),
    "no_day_name": ("Hari libur: isi tanggal dan namanya.", "Holiday: fill in its date and its name."),
    "bad_login": (
        "Nama pengguna {login}: hanya huruf, angka, titik, tanda hubung dan garis bawah.",
        "User name {login}: only letters, digits, dots, hyphens and underscores.",
    ),
    "login_taken": (
        "Nama pengguna {login} sudah ada; pilih yang lain.",
        "The user name {login} exists already; choose another.",
    ),
    "bad_password": (
        "Sandi terdiri atas {least} sampai {most} karakter.",
        "A password has {least} to {most} characters.",
    ),
    "not_twice": ("Kedua sandi tidak sama.", "The two passwords differ."),
    "wrong_setup_token": ("Kode penyiapan salah atau sudah dipakai.", "The set-up token is wrong or was used already."),
    "spent_link": ("Tautan ini sudah dipakai atau kedaluwarsa.", "This link was used already or has expired."),
    "bad_span": (
        "{what}: waktu akhir harus sesudah waktu mulai dan di masa depan.",
        "{what}: its end must come after its begin and in the future.",
    ),
    "end_before_start": (
        "{what}: waktu akhir harus sesudah waktu mulai.",
        "{what}: its end must come after its begin.",
    ),
    "no_basis": (
        "Delegasi: dasar (nomor surat perintah) belum diisi.",
        "Delegation: fill in its basis (the number of the order).",
    ),
    "bad_rank": (
        "Piket: urutan {rank} bukan 1 (pertama) atau 2 (kedua).",
        "Duty: rank {rank} is not 1 (first) or 2 (second).",
    ),
    "nobody_there": (
        "Piket: pengguna tidak ada atau tidak aktif.",
        "Duty: there is no such user, or the account is off.",
    ),
    "unknown_root": (
        "Pemeliharaan: {root} tidak ada dalam inventaris.",
        "Maintenance: {root} is not in the inventory.",
    ),
    "work_is_over": (
        "Pemeliharaan: pekerjaan ini sudah selesai atau tidak ada; umumkan yang baru.",
        "Maintenance: this work is over or was never announced; announce it anew.",
    ),
    "no_work": ("Pemeliharaan: tuliskan pekerjaannya.", "Maintenance: write what is being worked on."),
    "weekly_too_long": (
        "Pekerjaan mingguan: dari mulai sampai selesai kurang dari tujuh hari.",
        "Weekly work: from begin to end less than seven days.",
    ),
    "no_hours": ("Pemeliharaan: isi waktu mulai dan sampai.", "Maintenance: fill in from and until."),
    "still_running": (
        "{number}: masih berjalan; arsip dibuat sesudah kasus selesai.",
        "{number}: still runs; the archive is made once the case has ended.",
    ),
    "survey_too_early": ("Survei dibuka setelah kasus selesai.", "The survey opens once the case has ended."),
    "bad_nip": (
        "NIP {nip}: tulis {digits} angka, atau kosongkan.",
        "NIP {nip}: write {digits} digits, or leave it empty.",
    ),
    "unknown_tracking": (
        "Nomor dan kata lacak tidak cocok, atau terlalu banyak percobaan: periksa keduanya, atau tunggu paling lama 15"
        " menit. Tanpa kata lacak, pakai tautan tanda terima.",
        "Number and tracking word do not match, or there were too many tries: look at both, or wait 15 minutes at most."
        " Without a tracking word, use the receipt's link.",
    ),
    "nowhere_to_send": (
        "Tautan tidak dapat dikirim: kontak kiriman ini tidak memuat surel atau WhatsApp. Simpan atau cetak tautannya.",
        "The link cannot be sent: no e-mail or WhatsApp was given with it. Keep the link, or print it.",
    ),
    "no_such_opd": ("Isian OPD: pilih salah satu OPD.", "Office: choose one of the offices."),
    "no_paper": ("Berkas {sha256} tidak ada.", "There is no file {sha256}."),
    "page_stale": (
        "Halaman ini sudah terlalu lama terbuka. Kembali, muat ulang, lalu kirim lagi.",
        "This page has been open for too long. Go back, reload it, then send it again.",
    ),
    "page_403": ("Peran Anda tidak mencakup halaman ini.", "Your roles do not include this page."),
    "page_404": ("Halaman ini tidak ada.", "There is no such page."),
    "page_405": ("Halaman ini tidak menerima kiriman seperti itu.", "This page does not take what was sent."),
    "page_413": (
        "Berkas terlalu besar: paling besar {megabytes} MB. Tekan Kembali, pilih berkas yang lebih kecil"
        " (pindai 200 dpi hitam putih), atau kirim tanpa berkas dan susulkan.",
        "The file is too large: {megabytes} MB at most. Press Back and choose a smaller file (scan it with 200 dpi in"
        " black and white), or send the form without it and let it follow.",
    ),
    "page_other": ("Permintaan tidak dapat dipenuhi.", "The request cannot be met."),
    "for_the_administrator": (
        "Ada yang harus dibetulkan administrator: {told}",
        "The administrator must mend this: {told}",
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
    "sent_already": (
        "Formulir ini sudah diterima; isinya tidak dicatat dua kali. Buka halamannya lagi untuk melihat hasilnya.",
        "This form has been taken and done already; it is not recorded twice. Open its page again to see the result.",
    ),
    "sent_unanswered": (
        "Formulir yang sama sedang dikerjakan atau terputus. Buka lagi halamannya dan periksa apakah sudah tercatat.",
        "The same form is being worked on, or was cut off. Open its page again and look first whether it is recorded.",
    ),
    "no_month": (
        "Ramadan berlangsung 29 atau 30 hari; periksa hari pertama dan terakhirnya.",
        "Ramadan has 29 or 30 days; look at its first and last day.",
    ),
    "unknown_token": ("Tautan tidak dikenal atau sudah tidak berlaku.", "The link is not known or no longer valid."),
    "too_late": ("Sudah terlambat: {reason}.", "It is too late: {reason}."),
    "nobody_in_book": (
        "Buku narahubung tidak mengenal {subject}; pilih OPD (opd:KODE) atau uplink (uplink:NAMA).",
        "The book of contacts does not know {subject}; choose an office (opd:CODE) or an uplink (uplink:NAME).",
    ),
    "answer_link": (
        "Tautan ini sudah dipakai, lewat 24 jam, atau bukan untuk Anda lagi; masuk dan buka tiketnya.",
        "This link was used, is older than 24 hours, or is not yours any more; log in and open the ticket.",
    ),
    "message_gone": (
        "Pesan ini sudah terkirim atau sudah disampaikan; muat ulang daftarnya.",
        "This message has gone out or was told already; reload the list.",
    ),
}
