"""Pages, style and scripts are sent small to whoever can read that; what could be measured by its length is not."""

import gzip

from tracker_site import Site

from request_tracker.web.shell.compression import BLUR, LEAST_BYTES, compressed

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_page_comes_compressed_and_says_the_same(site: Site) -> None:
    plain, small = site.client.get("/layanan"), site.client.get("/layanan", headers=GZIP)
    assert "Content-Encoding" not in plain.headers and small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in plain.headers["Vary"] and "Accept-Encoding" in small.headers["Vary"]
    assert gzip.decompress(small.data).decode() == plain.text
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 2
    assert "default-src 'none'" in small.headers["Content-Security-Policy"]


def test_who_cannot_read_gzip_gets_the_page_as_it_is(site: Site) -> None:
    for accepts in ("identity", "br", "gzip;q=0", ""):
        answer = site.client.get("/layanan", headers={"Accept-Encoding": accepts})
        assert "Content-Encoding" not in answer.headers and "<main" in answer.text, accepts


def test_what_a_stranger_s_link_can_write_into_a_page_is_not_compressed_with_its_secrets(site: Site) -> None:
    site.enter("technician")
    for address in ("/kasus?q=tebakan", "/tidak-ada"):
        assert "Content-Encoding" not in site.client.get(address, headers=GZIP).headers, address
    assert site.client.get("/kasus", headers=GZIP).headers["Content-Encoding"] == "gzip"


def test_the_length_of_the_same_page_is_blurred() -> None:
    content = b"Dinas " * LEAST_BYTES
    lengths = {len(compressed(content)) for _ in range(200)}
    assert len(lengths) > BLUR / 4 and gzip.decompress(compressed(content)) == content


def test_style_is_compressed_once_and_not_sent_again(site: Site) -> None:
    with site.client.get("/static/lebarpita.css", headers=GZIP) as style:
        tag = style.headers["ETag"]
        assert style.headers["Content-Encoding"] == "gzip" and b"@media print" in gzip.decompress(style.data)
    with site.client.get("/static/lebarpita.css", headers={**GZIP, "If-None-Match": tag}) as again:
        assert again.status_code == 304 and tag.startswith("W/")


def test_small_answers_data_and_redirects_are_left_alone(site: Site) -> None:
    for address in ("/static/lebarpita.svg", "/api/health", "/api/openapi.json", "/kasus"):
        with site.client.get(address, headers=GZIP) as answer:
            assert "Content-Encoding" not in answer.headers, address


def test_a_form_sent_twice_answers_the_same_page_compressed_or_not(site: Site) -> None:
    given = {"description": "lambat", "sekali": "kunci-yang-sama"}
    first = site.client.get("/pengaduan").text
    token = first.partition('name="csrf_token" value="')[2].partition('"')[0]
    one, two = (
        site.client.post("/pengaduan", data={**given, "csrf_token": token}, headers=accepts) for accepts in (GZIP, {})
    )
    assert (one.status_code, one.location) == (two.status_code, two.location)
    refused = site.client.post("/pengaduan", data={"csrf_token": token, "sekali": "lain"}, headers=GZIP)
    assert refused.status_code in (409, 422) and "Content-Encoding" not in refused.headers
