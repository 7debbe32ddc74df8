"""PDFs as they are in the world: harmless ones with odd edges are kept, those that run, call or hide are refused."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from tracker_papers import PDF, made_pdf, other_pdf

from request_tracker.store.picture_work import Spoiled
from request_tracker.store.uploads import pdf as pdf_papers
from request_tracker.store.uploads.pdf import begins_pdf, clean_pdf

Change = Callable[[pikepdf.Pdf], object]


def kept(content: bytes) -> bytes:
    assert begins_pdf(content)
    return clean_pdf(content).content


def pages(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as made:
        return len(made.pages)


def opening(**action: Any) -> Change:
    def change(made: pikepdf.Pdf) -> None:
        made.Root.OpenAction = made.make_indirect(Dictionary(**action))

    return change


def attaching(made: pikepdf.Pdf) -> None:
    made.attachments["jahat.exe"] = b"MZ"


def annotated(make: Callable[[], Dictionary]) -> Change:
    def change(made: pikepdf.Pdf) -> None:
        made.pages[0].obj.Annots = Array([made.make_indirect(make())])

    return change


SCRIPT: dict[str, Any] = {"S": Name.JavaScript, "JS": String("app.alert(1)")}


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + PDF,
        b"\r\n\r\n  \0" + PDF,
        b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n" + PDF,
        PDF + b"\0" * 9000,
        PDF + b"\r\n-- \r\nDikirim dari telepon saya\r\n",
        PDF + b"\x1b%-12345X",
    ],
    ids=["byte order mark", "white space", "printer", "padding behind", "mail footer", "printer behind"],
)
def test_what_stands_around_a_harmless_pdf_is_left_out_and_the_pdf_itself_is_untouched(content: bytes) -> None:
    assert kept(content).rstrip() == PDF.rstrip()


def test_a_pdf_that_reads_well_is_kept_byte_for_byte() -> None:
    assert kept(PDF) == PDF


def test_markup_in_a_title_is_a_title() -> None:
    titled = other_pdf("Panduan <html> dan <script>")
    assert b"<html>" in titled and kept(titled) == titled


def test_a_view_to_open_with_and_a_link_to_a_page_run_nothing() -> None:
    def change(made: pikepdf.Pdf) -> None:
        made.Root.OpenAction = Array([made.pages[0].obj, Name.Fit])
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]))
        link.A = Dictionary(S=Name.URI, URI=String("https://contoh.invalid/JavaScript"))
        made.pages[0].obj.Annots = Array([link])

    assert kept(made_pdf(change))


PROGRAMS: dict[str, Change] = {
    "JavaScript when it opens": opening(**SCRIPT),
    "a program when it opens": opening(S=Name.Launch, F=String("cmd.exe")),
    "another file when it opens": opening(S=Name.GoToR, F=String("//server/berbagi/a.pdf")),
    "a form sent away": opening(S=Name.SubmitForm, F=String("https://x.invalid")),
    "a link that is a script": annotated(
        lambda: Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("javascript:alert(1)")))
    ),
    "a video": annotated(lambda: Dictionary(Subtype=Name.RichMedia)),
    "a script of a page": lambda made: made.pages[0].obj.__setattr__("AA", Dictionary(O=Dictionary(**SCRIPT))),
    "a form of XFA": lambda made: made.Root.__setattr__("AcroForm", Dictionary(XFA=String("<xdp/>"))),
}


@pytest.mark.parametrize("case", PROGRAMS)
@pytest.mark.parametrize("packed", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
def test_a_pdf_that_runs_something_is_refused_also_where_it_stands_in_an_object_stream(
    case: str, packed: pikepdf.ObjectStreamMode
) -> None:
    content = made_pdf(PROGRAMS[case], object_stream_mode=packed)
    with pytest.raises(Spoiled, match="berisi program"):
        clean_pdf(content)


@pytest.mark.parametrize("written", [b"/J#61vaScript", b"/#4aavaScript", b"/Java#53cript"])
def test_a_name_written_with_escapes_is_the_same_name(written: bytes) -> None:
    content = made_pdf(opening(**SCRIPT)).replace(b"/JavaScript", written).replace(b"/JS ", b"/#4a#53 ")
    assert b"/JavaScript" not in content
    with pytest.raises(Spoiled, match="berisi program"):
        clean_pdf(content)


@pytest.mark.parametrize("packed", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
def test_a_pdf_that_carries_another_file_is_refused(packed: pikepdf.ObjectStreamMode) -> None:
    with pytest.raises(Spoiled, match="membawa berkas lain"):
        clean_pdf(made_pdf(attaching, object_stream_mode=packed))


def test_a_pdf_with_a_password_is_told_so_and_one_that_anybody_opens_is_kept() -> None:
    locked = made_pdf(encryption=pikepdf.Encryption(owner="a", user="b"), deterministic_id=False)
    with pytest.raises(Spoiled, match="dikunci dengan sandi; simpan tanpa sandi"):
        clean_pdf(locked)
    guarded = made_pdf(encryption=pikepdf.Encryption(owner="a", user=""), deterministic_id=False)
    assert kept(guarded) == guarded
    programmed = made_pdf(opening(**SCRIPT), encryption=pikepdf.Encryption(owner="a", user=""), deterministic_id=False)
    with pytest.raises(Spoiled, match="berisi program"):
        clean_pdf(programmed)


def test_a_pdf_whose_table_of_objects_is_wrong_is_mended_and_then_reads_well() -> None:
    broken = PDF.replace(b"startxref\n", b"startxref\n9")
    mended = kept(broken)
    assert mended != broken and pages(mended) == 1
    assert kept(mended) == mended


def test_a_signed_pdf_that_would_have_to_be_mended_is_refused_because_its_signature_would_break() -> None:
    def sign(made: pikepdf.Pdf) -> None:
        made.Root.Tanda = Dictionary(Type=Name.Sig, ByteRange=Array([0, 9, 20, 9]))

    signed = made_pdf(sign)
    assert kept(signed) == signed
    with pytest.raises(Spoiled, match="minta berkas aslinya"):
        clean_pdf(signed.replace(b"startxref\n", b"startxref\n9"))


def test_a_pdf_cut_off_in_its_second_state_is_not_read_as_its_first() -> None:
    with pytest.raises(Spoiled, match="terpotong"):
        clean_pdf(PDF + b"7 0 obj\n<< /Type /Page >>\nendobj\nxref\n")


@pytest.mark.parametrize("content", [PDF[:-6], b"%PDF-1.7\n%%EOF\n", PDF.replace(b"/Pages", b"/Lainn")])
def test_a_pdf_without_its_end_or_its_pages_is_refused(content: bytes) -> None:
    with pytest.raises(Spoiled, match=r"terpotong|rusak"):
        clean_pdf(content)


def test_a_pdf_with_very_many_objects_is_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_papers, "MAX_OBJECTS", 2)
    with pytest.raises(Spoiled, match="terlalu rumit"):
        clean_pdf(PDF)


def test_names_are_read_from_what_qpdf_writes_and_never_from_its_strings() -> None:
    def change(made: pikepdf.Pdf) -> None:
        made.docinfo["/Title"] = r"Cara memakai /JavaScript dan /Launch \( di PDF)"

    titled = made_pdf(change)
    assert kept(titled) == titled
