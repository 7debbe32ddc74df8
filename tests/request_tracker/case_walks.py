"""Ways through the SOPs that several tests begin with: an office in, a case at a step out."""

from typing import Any

from tracker_office import (
    DIVISION,
    EVIDENCE,
    HEAD,
    REQUESTER,
    SECRETARIAT,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    request,
    walk_to,
)

from request_tracker.cases import (
    Desk,
    Sign,
)

FILLED = {"spesifikasi": "100 Mbit/s", "peruntukan": "layanan", "jumlah_pengguna": "40"}


def batam_until_analysis(desk: Desk, **more: Any) -> str:
    number = request(desk, "BTM-BW", **more)
    walk_to(
        desk,
        number,
        [
            (HEAD, Sign("BTM-02")),
            (DIVISION, VERIFIED),
            (SECTION, Sign("BTM-04", assignee=TECHNICIAN)),
            (TECHNICIAN, Sign("BTM-05")),
            (REQUESTER, Sign("BTM-05", form=FILLED)),
        ],
    )
    return number


def kaltim_until_decision(desk: Desk) -> str:
    number = request(desk, "KTM-BW")
    walk_to(
        desk,
        number,
        [
            (SECRETARIAT, Sign("KTM-02")),
            (HEAD, Sign("KTM-02", note="setuju diproses")),
            (DIVISION, Sign("KTM-03")),
            (SECTION, Sign("KTM-03")),
            (SECTION, Sign("KTM-04", note="periksa sisa kapasitas")),
            (TECHNICIAN, Sign("KTM-05", documents={"cek": EVIDENCE})),
        ],
    )
    return number
