"""What Drive tells a signed-in account about itself: who it is, and its shared drives."""

from typing import Final

import orjson

from pixharbor_emulators.drive_errors import Refused, Reply, no_credentials
from pixharbor_emulators.drive_tree import DriveTree
from pixharbor_emulators.google_oauth import User

_ABOUT: Final = "/drive/v3/about"
_DRIVES: Final = "/drive/v3/drives"
ACCOUNT_PATHS: Final = (_ABOUT, _DRIVES)


def about_account(tree: DriveTree, path: str, account: User | None) -> Reply:
    """Answer about.get (always its user) or drives.list. Raises Refused for a mere key."""
    if account is None:
        raise Refused(no_credentials())
    if path == _DRIVES:
        drives = [
            {"id": file.id, "name": file.name}
            for file in tree.files.values()
            if file.is_folder and file.id == file.drive_id
        ]
        return Reply(200, orjson.dumps({"drives": drives}))
    user = {
        "permissionId": account.permission_id,
        "emailAddress": account.email,
        "displayName": account.email.partition("@")[0].title(),
    }
    return Reply(200, orjson.dumps({"user": user}))
