"""Papers that the crowd hands in: a number in, a PDF or a photograph of usual size out, each with its own content."""

import io
import random

from PIL import Image

# A scanned page at 150 dots an inch is some 200 kB; what scans hold does not compress any further.
LETTER_BYTES = 200_000
# Half as many dots, one byte of grey each, because noise is written in hexadecimal: 250 rows of 400.
LETTER_DOTS = (400, 250)
# A telephone's picture as messengers pass it on.
PICTURE_SIZE = (1280, 960)


def letter(number: int) -> bytes:
    """A whole PDF of one page that shows a picture of noise: what no page shows is dropped when a PDF is taken."""
    noise = random.Random(number).randbytes(LETTER_BYTES // 2)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /Scan 4 0 R >> >> >>",
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8"
        b" /Filter /ASCIIHexDecode /Length %d >>\nstream\n%s>\nendstream"
        % (*LETTER_DOTS, len(noise) * 2 + 1, noise.hex().encode()),
    )
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for place, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (place, content))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return out.getvalue()


def photograph(number: int) -> bytes:
    """A JPEG of soft noise, as large as a picture of an office."""
    small = Image.frombytes("RGB", (64, 48), random.Random(number).randbytes(64 * 48 * 3))
    out = io.BytesIO()
    small.resize(PICTURE_SIZE, Image.Resampling.BICUBIC).save(out, "JPEG", quality=85)
    return out.getvalue()
