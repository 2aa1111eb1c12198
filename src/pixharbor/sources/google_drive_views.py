"""Google Drive: what only a signed-in account has: My Drive, what is shared with it, its drives."""

from typing import Final
from urllib.parse import unquote, urlsplit

from pixharbor.sources.accounts import Place
from pixharbor.sources.base import Location
from pixharbor.sources.google_drive_files import FOLDER
from pixharbor.sources.google_drive_links import SOURCE

HOME: Final = "https://drive.google.com/drive"
MY_DRIVE: Final = "my-drive"
SHARED_WITH_ME: Final = "shared-with-me"
NAMES: Final = {MY_DRIVE: "My Drive", SHARED_WITH_ME: "Shared with me"}


def read_view(link: str, account: str) -> Location | None:
    """My Drive or Shared with me; None for any other link, which read_link understands.

    Each account has its own of them, so its id is a part of the place.
    """
    text = link.strip()
    if text.lower() == "root":
        return Location(SOURCE, f"{MY_DRIVE}:{account}")
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        return None
    words = [unquote(word) for word in parts.path.split("/") if word]
    if parts.hostname != "drive.google.com" or not words or words[-1] not in NAMES:
        return None
    return Location(SOURCE, f"{words[-1]}:{account}")


def view_of(ref: str) -> str | None:
    """Which of the views a location's `ref` is; None for a folder or file. Ids have no colon."""
    view, colon, _ = ref.partition(":")
    return view if colon else None


def id_in_api(ref: str) -> str:
    """What Google calls the place: My Drive is "root" to whoever is signed in."""
    return "root" if view_of(ref) == MY_DRIVE else ref


def search_for(ref: str, drive_id: str | None) -> dict[str, str]:
    """The parameters of files.list that find a place's children.

    A shared drive is searched by its id: the account's own corpus has of it only what the account
    has opened before.
    """
    inside = f"'{id_in_api(ref)}' in parents"
    if view_of(ref) == SHARED_WITH_ME:
        inside = "sharedWithMe = true"
    corpus = {"corpora": "drive", "driveId": drive_id} if drive_id else {}
    return {"q": f"{inside} and trashed = false", **corpus}


def search_for_folders(ref: str, drive_id: str | None) -> dict[str, str]:
    """The same for folders alone, by name."""
    search = search_for(ref, drive_id)
    return {**search, "q": f"{search['q']} and mimeType = '{FOLDER}'", "orderBy": "name"}


def first_places() -> list[Place]:
    """What every account has."""
    return [Place(f"{HOME}/{view}", name) for view, name in NAMES.items()]


def place_of(folder_id: str, name: str) -> Place:
    """A folder or a shared drive, as it can be linked to."""
    return Place(f"{HOME}/folders/{folder_id}", name)
