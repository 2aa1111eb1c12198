"""What a listing may say of a file although it is not so: wrong or no hashes, a wrong size."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pixharbor_emulators.draws import draw

_DIGEST_FIELDS: Final = ("md5Checksum", "sha1Checksum", "sha256Checksum")


@dataclass(frozen=True, slots=True)
class ListingLie:
    """A share of the files is listed with fields that are not true; drawn by file and seed.

    `fields` makes them from the file's id and true size; None takes a field away. It strikes no
    request: its `act` leaves all of them alone.
    """

    name: str
    about: str
    fields: Callable[[str, int], dict[str, object]]
    rate: float = 0.1
    seed: int = 0

    def act(self, _call: object) -> None:
        """Leave every request alone. Implements Fault."""

    def tells_of(self, file_id: str) -> bool:
        """Tell whether this file is listed untruly."""
        return draw(self.seed, self.name, file_id) < self.rate


def _wrong_hashes(file_id: str, _size: int) -> dict[str, object]:
    """As in Google Photos: the picture was changed after its MD5 was made, and no SHA is known."""
    return {"md5Checksum": f"{int(draw(file_id) * 2**64):032x}"} | dict.fromkeys(_DIGEST_FIELDS[1:])


def _no_hashes(_file_id: str, _size: int) -> dict[str, object]:
    return dict.fromkeys(_DIGEST_FIELDS)


def _wrong_size(file_id: str, size: int) -> dict[str, object]:
    """Say a size that is too large or too small, by a few bytes or by a half."""
    which = draw("size", file_id)
    wrong = [size + 7, size * 2 + 1, max(1, size - 7), max(1, size // 2)][int(which * 4)]
    return {"size": str(wrong)}


LIES: Final[dict[str, ListingLie]] = {
    lie.name: lie
    for lie in (
        ListingLie("wrong-hashes", "MD5s in the listing are wrong (Google Photos)", _wrong_hashes),
        ListingLie("missing-hashes", "the listing states no hash", _no_hashes),
        ListingLie("wrong-sizes", "the listing states a wrong size", _wrong_size),
        ListingLie("missing-sizes", "the listing states no size", lambda *_: {"size": None}),
    )
}
