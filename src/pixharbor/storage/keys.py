"""The keys of objects: made of ids and hashes, never of a name that somebody chose."""

from uuid import UUID


def original_key(owner: int, sha256: str, extension: str) -> str:
    """An imported original: by content, so that a second try writes the same bytes again."""
    return f"originals/{owner}/{sha256[:2]}/{sha256}.{extension}"


def variant_key(owner: int, image_id: UUID, recipe_hash: str, extension: str) -> str:
    """A variant, below its original's id, so that all of an image's variants share a prefix."""
    return f"variants/{owner}/{image_id.hex[-2:]}/{image_id}/{recipe_hash}.{extension}"
