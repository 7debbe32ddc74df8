"""Sentences for what the machine has no room or time for, or cannot read or write: a part of ``REFUSALS``.

Code to (Indonesian, English); ``errors.Refused`` fills in values.
"""

LIMIT_REFUSALS: dict[str, tuple[str, str]] = {
    "pictures_busy": (
        "Banyak foto sedang diolah saat ini; belum ada yang tersimpan. Tunggu satu menit, lalu kirim lagi.",
        "Many photographs are being worked on just now; nothing is stored yet. Wait a minute, then send it again.",
    ),
    "server_busy": (
        "Pelacak sedang melayani terlalu banyak permintaan. Tunggu sepuluh detik, lalu muat ulang.",
        "The tracker is serving too many requests. Wait ten seconds, then load the page again.",
    ),
    "no_room": (
        "Terlalu banyak berkas sedang dikirim saat ini; belum ada yang tersimpan. Tunggu satu menit, lalu kirim lagi.",
        "Too many files are being sent just now; nothing is stored yet. Wait a minute, then send it again.",
    ),
    "disk_low": (
        "Penyimpanan pelacak hampir penuh; berkas belum dapat diterima. Kirim tanpa berkas, atau coba lagi nanti.",
        "The tracker's disk is nearly full; no file can be taken. Send the form without a file, or try again later.",
    ),
    "papers_of_address": (
        "Berkas dari jaringan Anda hari ini sudah terlalu banyak. Kirim tanpa berkas, atau coba lagi besok.",
        "Too many files have come from your network today. Send the form without a file, or try again tomorrow.",
    ),
    "papers_of_all": (
        "Berkas yang diterima pelacak hari ini sudah terlalu banyak. Kirim tanpa berkas, atau antarkan suratnya.",
        "The tracker has taken too many files today. Send the form without a file, or bring the letter.",
    ),
    "papers_parked": (
        "Terlalu banyak berkas menunggu dipilah di sini. Kirim tanpa berkas, atau antarkan suratnya.",
        "Too many files wait here to be sorted. Send the form without a file, or bring the letter.",
    ),
    "page_429": (
        "Terlalu banyak percobaan. Tunggu satu menit lalu coba lagi.",
        "Too many tries. Wait a minute, then try again.",
    ),
    "page_broken": (
        "Halaman ini rusak: ada kesalahan di dalam pelacak, bukan pada isian Anda. Beri tahu administrator, dan"
        " sebutkan nomor {number}.",
        "This page is broken: the fault is inside the tracker and not in what you sent. Tell the administrator, and"
        " quote the number {number}.",
    ),
    "storage_away": (
        "Pelacak sedang tidak dapat membaca atau menyimpan data; coba lagi sebentar.",
        "The tracker cannot read or store data at the moment; try again in a while.",
    ),
    "scanner_down": (
        "Pemeriksa virus kantor ini sedang tidak menjawab; berkas belum diterima. Isian Anda tetap ada: kirim lagi"
        " sebentar, atau kirim tanpa berkas dan susulkan.",
        "This office's virus scanner does not answer; the file is not taken yet. What you typed is still here: send it"
        " again in a while, or send it without the file and let it follow.",
    ),
    "infected": (
        "Berkas {name} mengandung {virus} menurut pemeriksa virus; tidak disimpan. Bersihkan komputer itu, lalu kirim"
        " berkas lain.",
        "The virus scanner finds {virus} in the file {name}; it is not stored. Clean that computer, then send another"
        " file.",
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
