"""Lengths of time in the alerts' words as Indonesians write them: a rule file's text in, the same with the words out.

Prometheus writes ``2d 2h 0m 0s``. In an Indonesian sentence "d" is read as *detik*, a second, so that two days became
two seconds. Its templates have no function of ours and files share none: each is given the same replacements. Pure.
"""

# In this order: "ms" before "m" and "s"; what is nought at the end is left out, unless it is all there is.
_UNITS = (
    ("([0-9])ms", "$1 ms"),
    ("([0-9])d", "$1 hari"),
    ("([0-9])h", "$1 jam"),
    ("([0-9])m( |$)", "$1 mnt$2"),
    ("([0-9])s", "$1 dtk"),
    ("( 0 (jam|mnt|dtk))+$", ""),
)
_BARE = "humanizeDuration"
# In backquotes: the texts stand in quotes of every kind.
IN_WORDS = " | ".join((_BARE, *(f"reReplaceAll `{pattern}` `{words}`" for pattern, words in _UNITS)))


def with_durations(text: str) -> str:
    """Every length of time of a rule file in words."""
    return text.replace(_BARE, IN_WORDS)
