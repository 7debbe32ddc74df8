"""Two officials at once: one wins, the other is told; the same form sent twice is one case."""

from concurrent.futures import ThreadPoolExecutor

from tracker_office import HEAD, MONDAY, request

from request_tracker.cases import Desk, Sign, Who, history, read_case, run
from request_tracker.errors import Conflict, Refused

ACTING_HEAD = Who("user:9", frozenset({"head_of_office"}))


def sign(desk: Desk, number: str, who: Who, version: int | None) -> str:
    try:
        run(desk, number, Sign("PKL-B-02"), who, MONDAY, version=version)
    except (Conflict, Refused) as refused:
        return refused.code
    finally:
        desk.store.close()
    return "signed"


def both_sign(desk: Desk, number: str, version: int | None) -> list[str]:
    with ThreadPoolExecutor(2) as officials:
        return sorted(officials.map(lambda who: sign(desk, number, who, version), (HEAD, ACTING_HEAD)))


def test_X_AUD_two_officials_who_saw_the_same_page_sign_at_once_and_one_is_told(desk: Desk) -> None:
    for _ in range(10):
        number = request(desk)
        assert both_sign(desk, number, read_case(desk, number).version) == ["conflict", "signed"]
        assert [e.step for e in history(desk, number) if e.kind == "signed"].count("PKL-B-02") == 1


def test_without_the_version_the_second_is_told_that_the_step_is_not_open(desk: Desk) -> None:
    assert both_sign(desk, request(desk), None) == ["not_open_step", "signed"]


def test_X_NUM_one_form_sent_twice_at_once_is_one_case(desk: Desk) -> None:
    def send(_: int) -> str:
        number = request(desk, idempotency_key="satu-formulir")
        desk.store.close()
        return number

    with ThreadPoolExecutor(4) as browsers:
        assert set(browsers.map(send, range(4))) == {"PKL-BW/2026/000001"}
    assert desk.store.value("SELECT count(*) FROM cases") == 1
