"""The sheets that papers are set on: their template, how the agenda numbers them, whether they go to somebody. Data."""

from dataclasses import dataclass

from request_tracker.words.bilingual import Both


@dataclass(frozen=True, kw_only=True)
class Numbering:
    """How the agenda numbers papers: its word for those that share the numbers, and how people call them.

    ``line``: where no number has come yet, a line to write it on; ``general``: a number that was registered for no
    paper in particular is these papers' too.
    """

    word: str
    name: Both
    line: bool = False
    general: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The words in the agenda under which a number is these papers'."""
        return (self.word, "") if self.general else (self.word,)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """How a paper looks and is numbered; ``addressed``: it goes to somebody, so copies leave out both its ends."""

    template: str
    numbering: Numbering | None = None
    addressed: bool = False


LETTER = Sheet(
    template="surat.typ",
    numbering=Numbering(
        word="surat",
        name=Both("Surat balasan atau surat penyelesaian", "Reply or completion letter"),
        line=True,
        general=True,
    ),
    addressed=True,
)
REPORT = Sheet(template="laporan.typ", numbering=Numbering(word="laporan", name=Both("Laporan", "Report")))
