"""The trash: listed, purged, and remembered, so that no schedule brings back what was thrown away."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Indexes of what is in the trash, and a table of the objects that left it."""
    trashed = _where("deleted_at IS NOT NULL")
    op.create_index("ix_images_trash", "images", ["owner", "deleted_at", "number"], **trashed)
    op.create_index("ix_images_trashed_content", "images", ["owner", "sha256"], **trashed)
    op.create_table(
        "purged_objects",
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.Column("gone_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("storage_key", name="pk_purged_objects"),
    )
    op.create_index("ix_purged_objects_content", "purged_objects", ["owner", "sha256"])
    op.create_index(
        "ix_purged_objects_waiting", "purged_objects", ["claimed_at"], **_where("gone_at IS NULL")
    )


def downgrade() -> None:
    """What was purged stays so, and is forgotten."""
    op.drop_table("purged_objects")
    op.drop_index("ix_images_trashed_content", "images")
    op.drop_index("ix_images_trash", "images")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
