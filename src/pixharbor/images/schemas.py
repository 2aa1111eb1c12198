"""What the API answers about images: the documents' fields, and ours beside them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from pixharbor.db.wire import UtcWire
from pixharbor.images.delete_image import KEPT_IN_TRASH
from pixharbor.images.models import Image, ProviderFile, Variant


class ImageAnswer(BaseModel):
    """An image in a list. `id` is the flat API's number, `image_id` names it everywhere else."""

    id: int
    image_id: UUID
    name: str
    size: int
    mime_type: str
    source: str
    created_at: UtcWire
    google_drive_id: str | None
    storage_path: str
    url: str
    thumbnail_url: str
    width: int | None
    height: int | None
    orientation: int
    damaged: bool
    gone_at: UtcWire | None = Field(description="Since when no file at the source has it.")
    superseded_by: UUID | None = Field(description="The image that its file is now.")


class ImageList(BaseModel):
    """A page of images, newest first. `total` is null where only counting could tell it."""

    images: list[ImageAnswer]
    count: int = Field(description="How many are on this page.")
    total: int | None
    next_cursor: str | None


class TrashedImage(ImageAnswer):
    """An image in the trash."""

    deleted_at: UtcWire
    purge_at: UtcWire = Field(description="From then on it is deleted for good.")


class TrashList(BaseModel):
    """A page of the trash, the image thrown away last first."""

    images: list[TrashedImage]
    count: int = Field(description="How many are on this page.")
    next_cursor: str | None


class SourceFileAnswer(BaseModel):
    """A file at the source that is this image."""

    provider_id: str
    name: str
    path: str
    modified_at: UtcWire | None
    gone_at: UtcWire | None


class VariantAnswer(BaseModel):
    """What a recipe has made of the image; a thumbnail is made when it is first asked for."""

    recipe: str = Field(examples=["thumbnail:320"])
    mime_type: str
    width: int
    height: int
    size: int
    created_at: UtcWire


class ImageInfo(ImageAnswer):
    """Everything that is known of an image."""

    sha256: str
    provider_hash: str | None
    provider_id: str
    format: str
    frames: int | None
    taken_at: str | None
    camera: str | None
    thumbhash: str | None
    job_id: UUID | None
    source_path: str
    damage: str | None
    source_checksum_mismatch: bool
    source_files: list[SourceFileAnswer]
    variants: list[VariantAnswer]


def answer_of(image: Image, public_url: str) -> ImageAnswer:
    """The image as it stands in lists."""
    return ImageAnswer(**_fields(image, public_url))


def trashed_of(image: Image, public_url: str) -> TrashedImage:
    """The image as it stands in the trash."""
    assert image.deleted_at is not None
    return TrashedImage(
        **_fields(image, public_url),
        deleted_at=image.deleted_at,
        purge_at=image.deleted_at + KEPT_IN_TRASH,
    )


def info_of(
    image: Image, files: Sequence[ProviderFile], variants: Sequence[Variant], public_url: str
) -> ImageInfo:
    """The image with all that is known of it."""
    return ImageInfo(
        **_fields(image, public_url),
        sha256=image.sha256,
        provider_hash=image.provider_hash,
        provider_id=image.provider_id,
        format=image.format,
        frames=image.frames,
        taken_at=image.taken_at,
        camera=image.camera,
        thumbhash=None,
        job_id=image.job_id,
        source_path=image.source_path,
        damage=image.damaged.partition(": ")[2] if image.damaged else None,
        source_checksum_mismatch=image.source_checksum_mismatch,
        source_files=[
            SourceFileAnswer(
                provider_id=file.provider_id,
                name=file.name,
                path=file.path,
                modified_at=file.modified_at,
                gone_at=file.gone_at,
            )
            for file in files
        ],
        variants=[
            VariantAnswer(**{name: getattr(variant, name) for name in VariantAnswer.model_fields})
            for variant in variants
        ],
    )


def _fields(image: Image, public_url: str) -> dict[str, Any]:
    url = f"{public_url}/api/v1/images/{image.id}"
    return {
        "id": image.number,
        "image_id": image.id,
        "name": image.name,
        "size": image.size,
        "mime_type": image.mime_type,
        "source": image.source,
        "created_at": image.created_at,
        "google_drive_id": image.provider_id if image.source == "google_drive" else None,
        "storage_path": image.storage_key,
        "url": url,
        "thumbnail_url": f"{url}/thumbnail?size=320",
        "width": image.width,
        "height": image.height,
        "orientation": image.orientation,
        "damaged": image.damaged is not None,
        "gone_at": image.gone_at,
        "superseded_by": image.superseded_by,
    }
