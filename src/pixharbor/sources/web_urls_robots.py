"""Web addresses: where an answer's headers ask programs to leave the file alone."""

from typing import Final

from multidict import CIMultiDictProxy

from pixharbor.sources.base import FileRefused

# What img2dataset takes for a no, too: not to be indexed, not to be learned from.
_DIRECTIVES: Final = frozenset({"noai", "noimageai", "noindex", "noimageindex", "none"})
_AGENT: Final = "pixharbor"


def check_robots(headers: CIMultiDictProxy[str], host: str) -> None:
    """Raise FileRefused where the X-Robots-Tag asks programs to leave the file alone."""
    for line in headers.getall("X-Robots-Tag", ()):
        agent, colon, rest = line.partition(":")
        if colon and agent.strip().lower() not in (_AGENT, "*"):
            # "googlebot: noindex" is meant for another; "unavailable_after: …" is about a date.
            continue
        said = {one.strip().lower() for one in (rest if colon else line).split(",")}
        if refused := said & _DIRECTIVES:
            raise FileRefused(
                f"{host} asks programs not to take this file (X-Robots-Tag: {min(refused)})."
            )
