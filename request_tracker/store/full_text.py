"""Texts that do not change, searched by words: parts in, those in which all words stand out. Kept in memory alone."""

import re
import sqlite3
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
# Words of a heading and of the page's title weigh more than those of the text (bm25, by column).
_FIND = (
    "SELECT page, heading, anchor, snippet(parts, 4, '', '', ' … ', 24) FROM parts WHERE parts MATCH ? "
    "ORDER BY bm25(parts, 0, 4, 0, 8, 1)"
)


class FullText:
    """Parts as (page, heading, anchor, title, text), by SQLite's FTS5; its connection is read by several threads."""

    def __init__(self, parts: Iterable[tuple[str, str, str, str, str]]) -> None:
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute(
            "CREATE VIRTUAL TABLE parts USING fts5(page UNINDEXED, heading, anchor UNINDEXED, title, text)"
        )
        self._db.executemany("INSERT INTO parts VALUES (?, ?, ?, ?, ?)", parts)
        self._db.commit()

    def find(self, words: str) -> list[tuple[str, str, str, str]]:
        """Page, heading, anchor and some words around, best first; the beginning of a word is enough."""
        query = " ".join(f'"{word}"*' for word in _WORD.findall(words))
        return self._db.execute(_FIND, [query]).fetchall() if query else []
