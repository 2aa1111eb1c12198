"""Web addresses: how a line of a list, or a link that was pasted, is read."""

import hashlib
import re
from typing import Final
from urllib.parse import unquote

from yarl import URL

from pixharbor.sources.base import LinkNotUnderstood
from pixharbor.sources.safe_http import AddressRefused, check_url

SOURCE: Final = "web_urls"
LIST_PREFIX: Final = "list:"
LONGEST_ADDRESS: Final = 8192
# An address is its item's id, and databases do not index long texts (PostgreSQL: 2,700 bytes).
LONGEST_ID: Final = 1024
LONGEST_NAME: Final = 255  # as file systems have it
GOOD_LINK: Final = "https://example.org/photos/cat.jpg"
# These show pages where people see files; their own sources read them.
_PAGES: Final = ("drive.google.com", "docs.google.com", "photos.google.com", "photos.app.goo.gl")
_BARE: Final = re.compile(r"[\w-]+(\.[\w-]+)*\.[a-z]{2,}(:\d+)?/\S+", re.IGNORECASE)
_HOST: Final = re.compile(r"[\w.:-]+", re.ASCII)
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


class NotAnAddress(LinkNotUnderstood):
    """This line is no web address."""

    code = "not_an_address"
    reason = "not_an_address"


def read_address(text: str) -> URL:
    """The address as it will be asked for: nothing of it is rewritten that a signature may cover.

    Raises NotAnAddress.
    """
    given = text.strip().strip("<>\"'").strip().replace("&amp;", "&")
    if len(given) > LONGEST_ADDRESS:
        raise NotAnAddress(f"An address has at most {LONGEST_ADDRESS} letters.")
    scheme = _SCHEME.match(given)
    if given.startswith("//"):
        given = f"https:{given}"
    elif _BARE.fullmatch(given) and not given.lower().startswith(("http:", "https:")):
        given = f"https://{given}"
    elif not scheme:
        raise NotAnAddress
    plain = given.isascii() and given.isprintable() and " " not in given
    try:
        url = URL(given, encoded=plain)
        check_url(url)
        if not _HOST.fullmatch(url.raw_host or ""):
            raise NotAnAddress
        return url.with_user(None).with_fragment(None)
    except AddressRefused as error:
        raise NotAnAddress(error.message) from None
    except (ValueError, TypeError):
        raise NotAnAddress from None


def is_page_of_another_source(url: URL) -> bool:
    """Whether people paste such links for another source than plain addresses."""
    host = (url.host or "").removeprefix("www.")
    return host in _PAGES or host == "dropbox.com" or host.endswith(".dropbox.com")


def id_of(address: str) -> tuple[str, str | None]:
    """The address as an item's id; one that is too long for that is its hash, and itself."""
    if len(address.encode()) <= LONGEST_ID:
        return address, None
    return f"sha256:{hashlib.sha256(address.encode()).hexdigest()}", address


def name_of(url: URL) -> str:
    """What the file is called by its address: the last part of the path, or the host."""
    last = unquote(url.raw_path.rstrip("/").rpartition("/")[2]).strip()
    return (last or url.host or str(url))[:LONGEST_NAME]


def not_understood(reason: str) -> LinkNotUnderstood:
    """The refusal of a link, with an example of a good one."""
    return NotAnAddress(
        f"{reason} The address of an image looks like {GOOD_LINK}",
        cure="Paste the image's own address: open it alone in a browser and copy that.",
    )
