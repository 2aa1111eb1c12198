"""The words for where jobs, items and tasks stand, and for why an item is not stored."""

from enum import StrEnum


class JobState(StrEnum):
    """queued → listing → running → completed | partial | failed | cancelled; and paused."""

    QUEUED = "queued"
    LISTING = "listing"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    PARTIAL = "partial"  # finished, and something of it failed
    FAILED = "failed"  # could not finish
    CANCELLED = "cancelled"


ACTIVE = (JobState.QUEUED, JobState.LISTING, JobState.RUNNING)
FINISHED = (JobState.COMPLETED, JobState.PARTIAL, JobState.FAILED, JobState.CANCELLED)


class ItemState(StrEnum):
    """The fate of one file of a job."""

    PENDING = "pending"
    STORED = "stored"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"
    FAILED = "failed"
    GONE = "gone"
    CANCELLED = "cancelled"


class TaskState(StrEnum):
    """Where a row of work stands. An expired lease makes a running task claimable again."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"


# reason → (one sentence for people, the act that cures it; "" where there is nothing to do).
# The page says the same in its languages (web/src/lib/i18n; tests/house/ holds them together).
REASONS: dict[str, tuple[str, str]] = {
    "not_an_image": ("This file is not an image.", ""),
    "not_binary": (
        "An online document has no file to fetch.",
        "Export it as an image at the source and import again.",
    ),
    "empty": ("The file has 0 bytes.", "Upload it again at the source and import again."),
    "too_large": (
        "The file is larger than allowed.",
        "Raise LIMIT_FILE_BYTES, restart the server and import again.",
    ),
    "too_many_pixels": (
        "The picture has more pixels than allowed.",
        "Raise LIMIT_PIXELS, restart the server and import again.",
    ),
    "too_many_frames": (
        "The animation has more frames than allowed.",
        "Raise LIMIT_FRAMES, restart the server and import again.",
    ),
    "filtered": ("The import's filters leave this file out.", "Import again with other filters."),
    "same_content": ("Another image has exactly these bytes.", ""),
    "unchanged": ("Imported before, and unchanged since.", ""),
    "in_trash": (
        "Its image was moved to the trash.",
        "Restore it from the trash; after 30 days, import the folder by hand.",
    ),
    "renamed": ("Imported before; only its name or place changed.", ""),
    "html_instead_of_file": (
        "The source sent a web page instead of the file.",
        "The source may be limiting downloads: wait a while, then retry.",
    ),
    "truncated": ("The download ended early.", "Retry: the connection was cut short."),
    "checksum": (
        "The bytes do not match the source's checksum.",
        "Retry; if it stays, upload it again at the source.",
    ),
    "forbidden": (
        "The source refuses access.",
        "Share it with “anyone with the link”, or with the connected account, then retry.",
    ),
    "abusive": (
        "The source holds this file back as harmful.",
        "Only its owner can download it at the source.",
    ),
    "provider_error": ("The source kept failing.", "Retry in a few minutes."),
    "timeout": ("The source stopped answering.", "Retry later."),
    "unreachable": ("The source could not be reached.", "Check the network, then retry."),
    "too_many_crashes": (
        "Workers crashed on this file again and again.",
        "Look at the log of the server, then retry.",
    ),
    "storage": (
        "The bytes could not be kept.",
        "Check free space and access of the store (pixharbor doctor), then retry.",
    ),
    "not_an_address": (
        "This line is no web address.",
        "Correct the line in your list and import it again.",
    ),
    "address_refused": (
        "The address does not lead to the public internet.",
        "If you trust it, name its network in ALLOW_PRIVATE_ADDRESSES, restart and retry.",
    ),
    "vanished": ("It was listed and then gone.", "Restore it at the source, then retry."),
    "job_cancelled": ("The job was cancelled before this file's turn.", "Import again."),
}

# The archive of a ZIP import is deleted at its end: nothing of it can be tried again.
_BRING_AGAIN = "Bring the archive again: the one that was read is deleted."
_PACK_AGAIN = "Pack the archive again and bring it: the one that was read is deleted."

# Where a source knows a better cure: source → reason → the act.
CURES_AT: dict[str, dict[str, str]] = {
    "local_folder": {
        "forbidden": "Make it readable for the user that runs the server, then retry.",
        "unreachable": "Check that its disk is mounted, then retry.",
    },
    "object_storage": {
        "forbidden": "Allow this server to read it, or restore it from its archive class, "
        "then retry.",
    },
    "web_urls": {
        "forbidden": "The site refuses it: ask its owner, or bring the file in another way.",
        "vanished": "Check the address in a browser; correct it and import it again.",
    },
    "zip_archive": {
        "forbidden": "Encrypted entries cannot be read: unpack the archive yourself and import the "
        "folder.",
        "truncated": _PACK_AGAIN,
        "checksum": _PACK_AGAIN,
        "vanished": _BRING_AGAIN,
        "provider_error": _BRING_AGAIN,
        "timeout": _BRING_AGAIN,
        "unreachable": _BRING_AGAIN,
        "too_many_crashes": _BRING_AGAIN,
        "storage": _BRING_AGAIN,
    },
}


def cure_of(reason: str, source: str) -> str:
    """The act that cures what failed for this reason at this source; "" where there is none."""
    cure = CURES_AT.get(source, {}).get(reason)
    return cure or REASONS.get(reason, ("", ""))[1]
