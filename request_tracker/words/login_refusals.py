"""Sentences for refusals of logging in: code to (Indonesian, English); a part of ``refusals.REFUSALS``."""

LOGIN_REFUSALS: dict[str, tuple[str, str]] = {
    "wrong_login": (
        "Nama atau sandi salah, atau terlalu banyak percobaan: tunggu paling lama 15 menit, atau masuk dari"
        " perangkat yang pernah Anda pakai.",
        "Wrong name or password, or too many tries: wait 15 minutes at most, or log in on a device you have"
        " used before.",
    ),
    "wrong_password": (
        "Sandi salah, atau terlalu banyak percobaan dari sini: tunggu paling lama 15 menit; belum ditandatangani.",
        "The password is wrong, or there were too many tries from here: wait 15 minutes at most; nothing is signed.",
    ),
    "wrong_code": (
        "Kode salah, sudah dipakai, atau terlalu banyak percobaan: tunggu kode berikutnya, paling lama 15 menit.",
        "The code is wrong, was used already, or there were too many tries: wait for the next one, 15 minutes at most.",
    ),
    "wrong_own_password": (
        "Sandi salah, atau terlalu banyak percobaan dari sini; tidak ada yang diubah.",
        "The password is wrong, or there were too many tries from here; nothing was changed.",
    ),
    "wrong_key": (
        "Kunci keamanan tidak dapat diperiksa; coba lagi, atau pakai kode.",
        "The security key could not be checked; try again, or use a code.",
    ),
    "stale_enrolment": (
        "Halaman ini terlalu lama terbuka; mulai lagi dengan kode QR yang baru.",
        "This page was open for too long; start again with the new QR code.",
    ),
    "factor_required": (
        "Peran Anda mewajibkan faktor kedua; pasang yang baru dahulu, lalu cabut yang ini.",
        "Your role requires a second factor; set up a new one first, then remove this one.",
    ),
    "no_key_here": (
        "Kunci keamanan memerlukan alamat HTTPS dengan nama; pakai kode dari aplikasi.",
        "Security keys need an HTTPS address with a name; use the codes of an app.",
    ),
    "nameless_screen": ("Beri layar ini nama.", "Give this screen a name."),
    "screen_link_void": (
        "Tautan layar ini dicabut atau salah; minta yang baru kepada administrator.",
        "This screen's link was revoked or is wrong; ask the administrator for a new one.",
    ),
    "live_only": (
        "Halaman ini menyebut lalu lintas yang sedang berjalan: masuk, pakai tautan layar, atau buka dari"
        " jaringan kantor.",
        "This page names live traffic: log in, use a screen's link, or open it from the office's network.",
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
}
