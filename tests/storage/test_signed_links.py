"""The links' signature and the secret behind it."""

import asyncio
import stat
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pixharbor.storage.signed_links import LinkExpired, LinkRefused, LinkSigner, load_secret

LOAD = """
import sys
from pathlib import Path
from pixharbor.storage.signed_links import load_secret

sys.stdin.readline()
sys.stdout.write(load_secret(Path(sys.argv[1]), None).decode())
"""


def parts_of(link: str) -> tuple[str, str, int, str]:
    split = urlsplit(link)
    query = parse_qs(split.query)
    key = split.path.removeprefix("/files/")
    return key, query["name"][0], int(query["expires"][0]), query["signature"][0]


@pytest.mark.parametrize("seconds", [1, 3, 60, 3600, 604_800])
def test_a_link_lives_as_long_as_was_asked_and_not_much_longer(seconds: int) -> None:
    _, _, expires, _ = parts_of(LinkSigner(b"s").sign("k", seconds=seconds, name="n"))
    assert seconds - 1 <= expires - time.time() <= max(2 * seconds, seconds * 1.5)


def test_equal_requests_get_equal_links_so_that_browsers_may_keep_the_picture() -> None:
    signer = LinkSigner(b"s")
    links = {signer.sign("k", seconds=3600, name="n") for _ in range(10)}
    assert len(links) <= 2  # two when a quarter of an hour begins just now


def test_key_and_name_cannot_be_shifted_into_each_other() -> None:
    signer = LinkSigner(b"s")
    _, _, expires, signature = parts_of(signer.sign("a", seconds=60, name="b/c"))
    signer.check("a", "b/c", expires, signature)
    for key, name in [("a/b", "c"), ("a\0b", "/c"), ("ab/c", ""), ("a", "b/")]:
        with pytest.raises(LinkRefused):
            signer.check(key, name, expires, signature)


def test_a_signature_is_checked_before_the_time() -> None:
    signer = LinkSigner(b"s")
    with pytest.raises(LinkRefused):
        signer.check("k", "n", 1, "not ours")
    _, _, expires, signature = parts_of(signer.sign("k", seconds=-99, name="n"))
    with pytest.raises(LinkExpired):
        signer.check("k", "n", expires, signature)


def test_a_signature_of_strange_letters_is_only_refused() -> None:
    with pytest.raises(LinkRefused):
        LinkSigner(b"s").check("k", "n", 1, "é\u202e\0")


def test_the_secret_of_the_setting_is_used_as_given(tmp_path: Path) -> None:
    assert load_secret(tmp_path, "given") == b"given"
    assert list(tmp_path.iterdir()) == []


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    secret = load_secret(data, None)
    assert len(secret) >= 32
    assert load_secret(data, None) == secret
    assert stat.S_IMODE((data / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in data.iterdir()] == ["secret_key"]


async def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", LOAD, str(tmp_path),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(4)
    ]  # fmt: skip
    told = await asyncio.gather(*(process.communicate(b"go\n") for process in started))
    secrets = {out for out, _ in told}
    assert secrets == {(tmp_path / "secret_key").read_bytes()}
    assert len(secrets.pop()) >= 32
