"""The names of files: every script, quotes and lengths stay; what misleads a reader or a system does not."""

import hypothesis
import pytest
from flask import Flask
from hypothesis import strategies
from werkzeug.http import parse_options_header

from request_tracker.store.uploads.names import MAX_NAME, cut, kept_name, renamed, sent_name
from request_tracker.web.shell.downloads import as_download


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("surat.pdf", "surat.pdf"),
        ('surat "penting" & segera.pdf', 'surat "penting" & segera.pdf'),
        ("permohonan – 2026 ✓.pdf", "permohonan – 2026 ✓.pdf"),
        ("خطاب.pdf", "خطاب.pdf"),
        ("surat\r\nSet-Cookie: a=b.pdf", "surat Set-Cookie: a=b.pdf"),
        ("surat\u202efdp.exe", "suratfdp.exe"),
        ("C:\\Users\\budi\\surat.pdf", "C:_Users_budi_surat.pdf"),
        ("../../etc/passwd", "etc_passwd"),
        (".pdf", "pdf"),
        ("", "surat"),
        ("\0\x1b", "surat"),
        ("e\u0301.pdf", "é.pdf"),
    ],
)
def test_a_name_keeps_its_letters_and_loses_what_misleads(given: str, kept: str) -> None:
    assert kept_name(given) == kept


def test_what_a_browser_escapes_in_a_form_is_read_back() -> None:
    assert sent_name("surat %22penting%22%0D%0A.pdf") == 'surat "penting"\r\n.pdf'


def test_a_long_name_is_cut_between_its_letters_and_keeps_its_ending() -> None:
    long = kept_name("ش" * 300 + ".pdf")
    assert len(long.encode()) <= MAX_NAME and long.endswith("ش.pdf")
    assert len(kept_name("a." + "b" * 400).encode()) <= MAX_NAME
    assert len(renamed("ش" * 127, ".pdf").encode()) <= MAX_NAME
    assert cut("éé", 3) == "é"


@hypothesis.given(strategies.text(max_size=400))
def test_any_name_becomes_one_that_a_header_carries_whole(name: str) -> None:
    kept = kept_name(name)
    assert 0 < len(kept.encode()) <= MAX_NAME and kept == kept_name(kept)
    with Flask(__name__).test_request_context():
        header = as_download(b"", "application/pdf", kept).headers["Content-Disposition"]
    assert "\r" not in header and "\n" not in header
    way, said = parse_options_header(header)
    assert (way, said["filename"]) == ("attachment", kept)
