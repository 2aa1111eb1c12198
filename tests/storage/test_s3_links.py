"""Signed links to S3: as Amazon's own documentation and client compute them, and asking nobody."""

import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from pixharbor.storage.s3_links import S3LinkSigner
from pixharbor.storage.settings import LONGEST_LINK_SECONDS

BUCKET_URL = "https://s3.example.org:9000/base/photos"
KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
NOON = datetime(2026, 5, 24, 12, tzinfo=UTC)


def signer(token: str | None = None) -> S3LinkSigner:
    return S3LinkSigner(BUCKET_URL, region="eu-west-1", key_id=KEY_ID, secret=SECRET, token=token)


def test_the_example_of_amazons_documentation_is_signed_as_it_stands_there() -> None:
    amazon = S3LinkSigner(
        "https://examplebucket.s3.amazonaws.com", region="us-east-1", key_id=KEY_ID, secret=SECRET
    )
    moment = int(datetime(2013, 5, 24, tzinfo=UTC).timestamp())
    link = amazon.sign_at(moment, "test.txt", 86400)
    signature = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    assert link.endswith(f"&X-Amz-Signature={signature}")


@pytest.mark.parametrize("token", [None, "a token/with+signs=="])
@pytest.mark.parametrize("key", ["originals/1/ab/ab.jpg", "with space/+%~é.jpg"])
@pytest.mark.parametrize("told", ["inline", "attachment; filename*=UTF-8''%F0%9F%8F%96%20a.jpg"])
def test_links_are_those_of_amazons_own_client(
    monkeypatch: pytest.MonkeyPatch, token: str | None, key: str, told: str
) -> None:
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda **_: NOON)
    url = f"{BUCKET_URL}/{quote(key)}?response-content-disposition={quote(told, safe='')}"
    request = AWSRequest("GET", url)
    credentials = Credentials(KEY_ID, SECRET, token)
    S3SigV4QueryAuth(credentials, "s3", "eu-west-1", expires=600).add_auth(request)
    ours = signer(token).sign_at(int(NOON.timestamp()), key, 600, told)
    assert parts_of(ours) == parts_of(request.url)


@pytest.mark.parametrize("seconds", [1, 60, 3600, LONGEST_LINK_SECONDS // 2])
def test_a_link_lives_as_long_as_was_asked_and_not_much_longer(seconds: int) -> None:
    before = time.time()
    link = signer().sign("a.jpg", seconds=seconds, content_disposition="inline")
    query = parse_qs(urlsplit(link).query)
    signed = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%S%z").timestamp()
    left = signed + int(query["X-Amz-Expires"][0]) - before
    assert seconds <= left + 1
    assert left <= seconds * 1.25 + 1
    assert int(query["X-Amz-Expires"][0]) <= LONGEST_LINK_SECONDS


def parts_of(link: str) -> tuple[str, str, str, dict[str, list[str]]]:
    split = urlsplit(link)
    return split.scheme, split.netloc, split.path, parse_qs(split.query)
