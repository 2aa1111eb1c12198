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


# reason → (one sentence for people, the act that cures it; "" where there is nothing to do)
REASONS: dict[str, tuple[str, str]] = {
    "not_an_image": ("This file is not an image.", ""),
    "not_binary": ("An online document has no file to fetch.", "Export it as an image first."),
    "empty": ("The file has 0 bytes.", "Upload it again at the source."),
    "too_large": (
        "The file is larger than allowed.",
        "Raise LIMIT_FILE_BYTES, restart and import again.",
    ),
    "too_many_pixels": (
        "The picture has more pixels than allowed.",
        "Raise LIMIT_PIXELS, restart and import again.",
    ),
    "too_many_frames": (
        "The animation has more frames than allowed.",
        "Raise LIMIT_FRAMES, restart and import again.",
    ),
    "filtered": ("The import's filters leave this file out.", "Import again with other filters."),
    "same_content": ("Another image has exactly these bytes.", ""),
    "unchanged": ("Imported before, and unchanged since.", ""),
    "renamed": ("Imported before; only its name or place changed.", ""),
    "html_instead_of_file": (
        "The source sent a web page instead of the file.",
        "Open the file at the source once, then retry.",
    ),
    "truncated": ("The download ended early.", "Retry."),
    "checksum": ("The bytes do not match the source's checksum.", "Retry."),
    "forbidden": ("The source does not give this file away.", "Share the file, then retry."),
    "abusive": ("The source holds this file back as harmful.", "Check it at the source."),
    "provider_error": ("The source kept failing.", "Retry later."),
    "timeout": ("The source stopped answering.", "Retry later."),
    "unreachable": ("The source could not be reached.", "Check the network, then retry."),
    "too_many_crashes": (
        "Workers crashed on this file again and again.",
        "Look at the log, then retry.",
    ),
    "storage": ("The bytes could not be kept.", "Run pixharbor doctor, then retry."),
    "not_an_address": ("This line is no web address.", "Correct it and import it again."),
    "address_refused": (
        "The address does not lead to the public internet.",
        "If you trust it, name its network in ALLOW_PRIVATE_ADDRESSES and retry.",
    ),
    "vanished": ("The file was listed and then gone.", "Restore it at the source, then retry."),
    "job_cancelled": ("The job was cancelled before this file's turn.", "Import again."),
}
