"""Numbers in Indonesian words, as a Berita Acara needs them. Whole numbers in, words out. Pure."""

_ONES = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
_GROUPS = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"))
# Below a thousand triliun, the largest group that has a name here; no rate or year comes near.
LARGEST = 10**15 - 1


def terbilang(number: int) -> str:
    """The words of a number, e.g. 1250: ``seribu dua ratus lima puluh``. Raises ValueError outside 0 to LARGEST."""
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} has no words here; 0 to {LARGEST} have")
    return " ".join(_words(number)) or _ONES[0]


def _words(number: int) -> list[str]:
    if number == 0:
        return []
    for size, name in _GROUPS:
        if number >= size:
            count, rest = divmod(number, size)
            head = ["seribu"] if (count, size) == (1, 1000) else [*_words(count), name]
            return head + _words(rest)
    if number >= 100:
        count, rest = divmod(number, 100)
        return [*(["seratus"] if count == 1 else [_ONES[count], "ratus"]), *_words(rest)]
    if number >= 20:
        tens, rest = divmod(number, 10)
        return [_ONES[tens], "puluh", *_words(rest)]
    return [_ONES[number]] if number < 12 else [_ONES[number - 10], "belas"]
