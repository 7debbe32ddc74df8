"""What people type into a search, for SQLite's indexes of three-letter pieces: text in, a quoted phrase out."""

# A shorter piece is in no index: it is found only by reading every line.
INDEXED_LETTERS = 3


def phrase(text: str) -> str:
    """The text as one quoted phrase, whatever signs of the search language it holds."""
    return '"' + text.replace("\0", "").replace('"', '""') + '"'
