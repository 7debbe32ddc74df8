"""Sentences of messages to people: template to (Indonesian, English). No person stands in them."""

MESSAGES: dict[str, tuple[str, str]] = {
    "request_received": ("Permohonan Anda diterima.", "Your request has arrived."),
    "link_again": (
        "Tautan rahasia kiriman Anda, seperti yang diminta. Simpan dan jangan diteruskan.",
        "The secret link of what you sent, as asked for. Keep it and pass it on to nobody.",
    ),
    "inbox_received": (
        "Kiriman Anda diterima; nomor diberikan setelah diperiksa petugas.",
        "What you sent has arrived; it gets a number once staff has looked at it.",
    ),
    "inbox_asked": (
        "Petugas bertanya sebelum kiriman Anda diberi nomor; jawab lewat tautan rahasia.",
        "Staff has a question before what you sent gets a number; answer by the secret link.",
    ),
    "inbox_ended": (
        "Kiriman Anda tidak diteruskan; alasannya ada di tautan rahasia.",
        "What you sent goes no further; the reason stands behind the secret link.",
    ),
    "inbox_waiting": ("Ada kiriman baru di kotak masuk.", "Something new is in the inbox."),
    "inbox_answered": ("Pengirim menjawab; periksa kotak masuk.", "The sender has answered; look into the inbox."),
    "inbox_late": (
        "Ada kiriman di kotak masuk yang menunggu lebih dari setengah hari kerja.",
        "Something in the inbox has waited for more than half a working day.",
    ),
    "call_trial": ("Uji panggilan gangguan: tekan tautannya.", "A trial of the calls for outages: press the link."),
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
    "dispositions_waiting": (
        "Disposisi susulan gangguan menunggu Anda.",
        "Dispositions of outages, to be filed afterwards, wait for you.",
    ),
    "late_this_week": ("Daftar mingguan langkah yang terlambat.", "The week's list of late steps."),
    "evaluation_waits": ("Evaluasi triwulan menunggu Anda.", "The quarterly evaluation waits for you."),
    "monthly_summary": ("Ringkasan layanan jaringan bulan lalu.", "Summary of last month's network service."),
    "monthly_waits": (
        "Ringkasan bulanan bagi narahubung tertahan: pemantauan tidak menjawab. Dikirim begitu menjawab lagi.",
        "Monthly summaries for contacts are held up: the monitoring gives no answer. They go out once it does.",
    ),
    "handed_on": (
        "Akun petugas kasus ini dimatikan; tunjuk petugas lain.",
        "The account of this case's technician is switched off; name another one.",
    ),
    "role_without_holder": (
        "Langkah menunggu peran yang tidak dipegang siapa pun; beri sebuah akun peran itu.",
        "Steps wait for a role that nobody holds; give it to an account.",
    ),
    "assigned": ("Anda ditunjuk sebagai petugas.", "You have been named the technician."),
    "waiting_for_you": ("Kasus dijeda sampai Anda melengkapi.", "The case is paused until you complete it."),
    "pause_over": (
        "Jeda berakhir dan waktu berjalan lagi. Sudah lengkap, atau perlu dijeda lagi?",
        "The pause is over and the clock goes on. Is it complete, or must it be paused again?",
    ),
    "step_near": ("Tiga perempat waktu langkah ini telah berlalu.", "Three quarters of this step's time have passed."),
    "step_late": ("Langkah ini terlambat.", "This step is late."),
    "promise_near": (
        "Janji layanan kasus ini hampir habis: tinggal seperempat waktunya.",
        "The service promise of this case is nearly over: a quarter of its time is left.",
    ),
    "promise_over": ("Janji layanan kasus ini terlewati.", "The service promise of this case is broken."),
    "on_waiting_list": (
        "Permohonan Anda masuk daftar tunggu; Anda dihubungi bila kapasitas tersedia.",
        "Your request is on the waiting list; you will be told when there is capacity.",
    ),
    "room_appeared": (
        "Kapasitas kini cukup untuk yang pertama dalam daftar tunggu.",
        "There is room now for the first on the waiting list.",
    ),
    "monitoring_waits": (
        "Alokasi terpasang, tetapi pemantauan belum memakai batas baru.",
        "The allocation is in force, but the monitoring has not the new limit.",
    ),
    "allocation_over": (
        "Alokasi sementara berakhir; batas semula berlaku lagi.",
        "The temporary allocation has ended; the earlier limit holds again.",
    ),
    "fallback_begun": (
        "Mode cadangan berlaku: uplink hilang, rencana yang disetujui kini terpasang.",
        "The fallback is in force: an uplink is lost, and the plan that was signed is applied now.",
    ),
    "fallback_over": (
        "Mode cadangan berakhir; laju semula berlaku lagi.",
        "The fallback has ended; the ordinary rates hold again.",
    ),
    "granted_in_part": (
        "Permohonan Anda dikabulkan sebagian; angka dan alasannya ada di halaman kasus Anda.",
        "Your request is granted in part; the number and the reason are on your case's page.",
    ),
    "case_ended": ("Kasus selesai.", "The case has ended."),
    "ended_early": (
        "Kasus Anda diakhiri; alasannya ada di halaman kasus Anda.",
        "Your case was ended; the reason is on your case's page.",
    ),
    "survey_asked": (
        "Kasus selesai. Mohon nilai layanan ini di halaman kasus Anda: sembilan pertanyaan.",
        "The case has ended. Please rate this service on your case's page: nine questions.",
    ),
    "outage_over": (
        "Gangguan jaringan yang mengenai kantor Anda selesai; surat penyelesaiannya dikirim Dinas.",
        "The network outage that hit your office is over; the letter about it comes from the department.",
    ),
    "calendar_lacks": (
        "Kalender 12 bulan ke depan belum lengkap; isi di halaman Hari libur.",
        "The calendar of the next 12 months is not complete; fill it in on the page Holidays.",
    ),
    "audit_faults": ("Pemeriksaan malam menemukan kerusakan.", "The night's verification has found damage."),
    "rights_changed": (
        "Wewenang sebuah akun berubah. Bila ini tidak Anda kenal, hubungi auditor.",
        "What an account may do has changed. If you do not know of it, talk to the auditor.",
    ),
    "confirmation_wanted": (
        "Perubahan wewenang menunggu persetujuan orang kedua, di halaman Persetujuan.",
        "A change of rights waits for a second person, on the page Confirmations.",
    ),
    "anchor": (
        "Jangkar rantai audit. Simpan pesan ini: dengannya terbukti bahwa masa lalu tidak ditulis ulang.",
        "Anchor of the audit chains. Keep this message: it proves that the past was not written anew.",
    ),
    "outage_waiting": ("Gangguan belum ada yang menangani.", "Nobody has taken the outage."),
    "watchdog_silent": (
        "Tanda hidup dari Prometheus dan Alertmanager berhenti datang; peringatan tidak sampai lagi.",
        "The sign of life of Prometheus and Alertmanager has stopped coming; warnings arrive no more.",
    ),
    "outage_back": ("Gangguan pulih.", "The outage is over."),
    "isp_call_due": (
        "Waktunya menghubungi ISP lagi.",
        "It is time to call the ISP again.",
    ),
    "estimate_missed": (
        "Estimasi pulih terlewati; tanyakan lagi kepada ISP.",
        "The estimated recovery has passed; ask the ISP again.",
    ),
    "password_tries": (
        "Seseorang mencoba sandi akun ini berulang kali. Akun tetap dapat dipakai dari perangkat yang dikenal.",
        "Somebody keeps trying passwords of this account. It can still be used on the devices it knows.",
    ),
    "code_tries": (
        "Seseorang mengetahui sandi akun ini dan mencoba kode faktor keduanya. Segera ganti sandi.",
        "Somebody knows this account's password and tries codes of its second factor. Change the password now.",
    ),
    "factor_added": (
        "Faktor kedua dipasang pada akun ini. Bila bukan oleh Anda, hubungi administrator.",
        "A second factor was added to this account. If it was not you, talk to the administrator.",
    ),
    "factor_removed": (
        "Faktor kedua akun ini dicabut. Bila bukan oleh Anda, hubungi administrator.",
        "A second factor of this account was removed. If it was not you, talk to the administrator.",
    ),
    "factors_reset": (
        "Administrator mencabut semua faktor kedua akun ini. Pasang lagi pada halaman Akun saya.",
        "An administrator removed every second factor of this account. Set one up again on the page My account.",
    ),
}
