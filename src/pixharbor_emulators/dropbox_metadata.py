"""Entries and accounts as the JSON that Dropbox answers with."""

from datetime import UTC, datetime
from typing import Any, Final

from pixharbor_emulators.dropbox_sidecar import LinkRules
from pixharbor_emulators.dropbox_tree import DropboxEntry

_NAMESPACE: Final = "3235641"


def metadata(entry: DropboxEntry, *, below: DropboxEntry | None = None) -> dict[str, Any]:
    """Make a listing's entry; `below` is the folder that a link leads to, None for an account.

    Through a link only files in sub-folders have paths: folders, and files that lie directly in
    the linked folder, come without (seen at the real Dropbox in 2026).
    """
    about: dict[str, Any] = {
        ".tag": "folder" if entry.is_folder else "file",
        "name": entry.name,
        "id": entry.id,
    }
    inside = entry.path if below is None else entry.path[len(below.path) :].strip("/")
    if below is None or ("/" in inside and not entry.is_folder):
        about |= {"path_lower": f"/{inside.lower()}", "path_display": f"/{inside}"}
    if not entry.is_folder:
        about |= _version(entry)
        about |= {"is_downloadable": entry.disk_path is not None}
        if entry.disk_path is None:
            about["export_info"] = {"export_as": "html", "export_options": ["html", "markdown"]}
        else:
            about["content_hash"] = entry.content_hash()
    return _as_declared(about, entry)


def link_metadata(entry: DropboxEntry, url: str, rules: LinkRules) -> dict[str, Any]:
    """Make what Dropbox tells of a link, or of a file inside of one: no hash is in it."""
    about: dict[str, Any] = {
        ".tag": "folder" if entry.is_folder else "file",
        "url": url,
        "id": entry.id,
        "name": entry.name,
        "link_permissions": _permissions(rules),
    }
    if rules.expires:
        about["expires"] = rules.expires
    if not entry.is_folder:
        about |= _version(entry)
    return about


def account() -> dict[str, Any]:
    """Make the one account that there is."""
    return {
        "account_id": "dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc",
        "name": {
            "given_name": "Robin",
            "surname": "Harbour",
            "familiar_name": "Robin",
            "display_name": "Robin Harbour",
            "abbreviated_name": "RH",
        },
        "email": "robin@harbour.example",
        "email_verified": True,
        "disabled": False,
        "locale": "en",
        "referral_link": "https://www.dropbox.com/referrals/AAA",
        "is_paired": False,
        "account_type": {".tag": "basic"},
        "root_info": {
            ".tag": "user",
            "root_namespace_id": _NAMESPACE,
            "home_namespace_id": _NAMESPACE,
        },
    }


def moment(nanoseconds: int) -> str:
    """Format a time as Dropbox does: UTC, whole seconds."""
    return datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _version(entry: DropboxEntry) -> dict[str, Any]:
    changed = moment(entry.modified_ns)
    return {
        "client_modified": changed,
        "server_modified": changed,
        "rev": entry.rev,
        "size": entry.size,
    }


def _as_declared(about: dict[str, Any], entry: DropboxEntry) -> dict[str, Any]:
    replaced = about | entry.declared.values
    return {name: value for name, value in replaced.items() if value is not None}


def _permissions(rules: LinkRules) -> dict[str, Any]:
    visibility = {".tag": "password" if rules.password else "public"}
    return {
        "resolved_visibility": visibility,
        "requested_visibility": visibility,
        "can_revoke": False,
        "visibility_policies": [],
        "can_set_expiry": False,
        "can_remove_expiry": False,
        "allow_download": rules.allow_download,
        "can_allow_download": False,
        "can_disallow_download": False,
        "allow_comments": False,
        "team_restricts_comments": False,
        "require_password": rules.password is not None,
    }
