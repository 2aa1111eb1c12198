"""Addresses as people write them: what is asked for is what was written."""

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from pixharbor.sources.base import FileRefused
from pixharbor.sources.safe_http_answers import error_for
from pixharbor.sources.web_urls_links import (
    LONGEST_ID,
    LONGEST_NAME,
    NotAnAddress,
    id_of,
    name_of,
    read_address,
)
from pixharbor.sources.web_urls_robots import check_robots


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("https://a.example/1.jpg", "https://a.example/1.jpg"),
        ("  <https://a.example/1.jpg>  ", "https://a.example/1.jpg"),
        ('"https://a.example/1.jpg"', "https://a.example/1.jpg"),
        ("HTTPS://A.Example/B.JPG", "https://A.Example/B.JPG"),
        ("https://a.example:443/1.jpg#top", "https://a.example/1.jpg"),
        ("http://a.example:8080/", "http://a.example:8080/"),
        ("https://user:secret@a.example/1.jpg", "https://a.example/1.jpg"),
        ("https://a.example/?x=1&amp;y=2", "https://a.example/?x=1&y=2"),
        ("https://a.example/a%2Fb?sig=%2F%27+%7e%3D", "https://a.example/a%2Fb?sig=%2F%27+%7e%3D"),
        ("https://a.example/ä b.jpg", "https://a.example/%C3%A4%20b.jpg"),
        ("https://bücher.example/1.jpg", "https://xn--bcher-kva.example/1.jpg"),
        ("//a.example/1.jpg", "https://a.example/1.jpg"),
        ("a.example/1.jpg", "https://a.example/1.jpg"),
        ("a.example:8443/1.jpg", "https://a.example:8443/1.jpg"),
    ],
)
def test_an_address_is_asked_for_as_it_was_written(written: str, asked: str) -> None:
    assert str(read_address(written)) == asked
    assert str(read_address(asked)) == asked


@pytest.mark.parametrize(
    "written",
    [
        *("", "cat.jpg", "no address", "https://", "https:///x", "http://[::1", "http://a b/c"),
        *(
            "ftp://a.example/1.jpg",
            "file:///etc/passwd",
            "data:image/png;base64,xx",
            "javascript:1",
        ),
        *(
            "http://a.example:22/",
            "http://a.example:99999/",
            "http://a.example:x/",
            "/photos/1.jpg",
        ),
        "https://a.example/" + "x" * 9000,
    ],
)
def test_what_is_no_web_address_says_so(written: str) -> None:
    with pytest.raises(NotAnAddress) as refused:
        read_address(written)
    assert refused.value.reason == "not_an_address"


def test_a_long_address_is_known_by_its_hash_and_kept_beside_it() -> None:
    short, long = "https://a.example/1.jpg", f"https://a.example/?{'x' * LONGEST_ID}"
    assert id_of(short) == (short, None)
    file_id, whole = id_of(long)
    assert (len(file_id.encode()) <= LONGEST_ID, whole) == (True, long)
    assert id_of(f"{long}y")[0] != file_id


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://a.example/x/cat.jpg?size=1", "cat.jpg"),
        ("https://a.example/K%C3%A4ffchen%20.jpg", "Käffchen .jpg"),
        ("https://a.example/x/", "x"),
        ("https://a.example/?id=7", "a.example"),
        (f"https://a.example/{'x' * 600}", "x" * LONGEST_NAME),
    ],
)
def test_a_file_is_called_by_the_end_of_its_address(address: str, name: str) -> None:
    assert name_of(read_address(address)) == name


@pytest.mark.parametrize(
    ("status", "headers", "fate", "reason"),
    [
        (401, {}, "skip", "forbidden"),
        (403, {}, "skip", "forbidden"),
        (404, {}, "skip", "vanished"),
        (410, {}, "skip", "vanished"),
        (400, {}, "skip", "provider_error"),
        (408, {}, "retry", "timeout"),
        (429, {}, "retry", "provider_error"),
        (429, {"Retry-After": "5"}, "retry", "provider_error"),
        (429, {"Retry-After": "90000"}, "skip", "provider_error"),
        (500, {}, "retry", "provider_error"),
        (503, {"Retry-After": "5"}, "retry", "provider_error"),
    ],
)
def test_each_answer_has_its_fate(
    status: int, headers: dict[str, str], fate: str, reason: str
) -> None:
    error = error_for(status, headers, "a.example")
    assert error is not None
    assert (error.fate, error.reason) == (fate, reason)
    assert error.counts_as_try
    assert "a.example" in error.message


@pytest.mark.parametrize(
    ("tags", "taken"),
    [
        (["noai"], False),
        (["nofollow, NoImageAI"], False),
        (["index", "noindex"], False),
        (["none"], False),
        (["pixharbor: noindex"], False),
        (["googlebot: noindex, noai"], True),
        (["unavailable_after: 25 Jun 2030 15:00:00 PST"], True),
        (["all"], True),
        ([], True),
    ],
)
def test_a_host_may_ask_programs_to_leave_its_files_alone(tags: list[str], taken: bool) -> None:
    headers = CIMultiDictProxy(CIMultiDict([("X-Robots-Tag", tag) for tag in tags]))
    if taken:
        check_robots(headers, "a.example")
    else:
        with pytest.raises(FileRefused, match="X-Robots-Tag"):
            check_robots(headers, "a.example")
