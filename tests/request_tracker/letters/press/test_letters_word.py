"""Word templates of strangers: they do no harm, and what is wrong in one is a sentence."""

from pathlib import Path

import pytest
from docx import Document
from paper_facts import facts

from request_tracker.errors import Refused
from request_tracker.letters.press.course_report import course_report
from request_tracker.letters.press.word import word

FAULTY = {
    "a way to Python": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "an open bracket": "{{ title",
    "a loop over nothing": "{% for %}",
    "a loop without end": "{% for i in range(10**9) %}x{% endfor %}",
    "a very long text": "{{ 'x' * 10000000000 }}",
    "a division": "{{ 1 / 0 }}",
    "a call of itself": "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "a file of the server": "{% include '/etc/passwd' %}",
    "a name we have not": "{{ tidak.ada }}",
}


@pytest.mark.parametrize("text", FAULTY.values(), ids=list(FAULTY))
def test_a_word_template_of_a_stranger_does_no_harm_and_is_told_in_a_sentence(text: str, tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph(text)
    document.save(str(tmp_path / "surat.docx"))
    with pytest.raises(Refused, match=r"Templat surat\.docx: .*perbaiki atau hapus"):
        word(course_report(facts()), tmp_path)


@pytest.mark.parametrize("content", [b"", b"bukan zip", b"PK\x03\x04"])
def test_a_word_template_that_is_no_word_document_is_told_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "surat.docx").write_bytes(content)
    with pytest.raises(Refused, match=r"Templat surat\.docx"):
        word(course_report(facts()), tmp_path)
