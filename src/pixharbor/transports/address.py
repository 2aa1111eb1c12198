"""Where a transport's server is, told without its password."""

from urllib.parse import unquote, urlsplit

from pixharbor.errors import SettingError, Unavailable


def split_host(url: str, *, example: str) -> tuple[str, str | None]:
    """The URL's host and port (or several, with commas) as people read it, and its password.

    Raises SettingError, with an example of a right one, for what is no URL of a server.
    """
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2]
    if not all(_is_host(host) for host in hosts.split(",")):
        given = url.rpartition("@")[2]
        raise SettingError(f"TRANSPORT_URL: cannot use {given!r}; expected {example}")
    return hosts, unquote(parts.password) if parts.password else None


def _is_host(host: str) -> bool:
    try:
        parts = urlsplit(f"//{host}")
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        return False


def away(kind: str, url: str, reason: object) -> Unavailable:
    """The error for a server that does not answer; never shows the password."""
    host, password = split_host(url, example="a server's address")
    said = str(reason) or type(reason).__name__
    if password:
        said = said.replace(password, "…")
    return Unavailable(
        f"TRANSPORT_URL: {kind} at {host} does not answer ({said}).",
        code="transport_away",
        cure=f"Start it, or set TRANSPORT_URL to where {kind} is.",
    )
