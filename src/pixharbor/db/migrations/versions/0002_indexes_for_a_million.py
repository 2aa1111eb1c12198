"""Indexes by which a million images and items are listed: each filter has its own, or walks one."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LIVING: dict[str, Any] = {
    "sqlite_where": sa.text("deleted_at IS NULL"),
    "postgresql_where": sa.text("deleted_at IS NULL"),
}
REASONED: dict[str, Any] = {
    "sqlite_where": sa.text("reason IS NOT NULL"),
    "postgresql_where": sa.text("reason IS NOT NULL"),
}


def upgrade() -> None:
    """Leave deleted images out, and put what filters look at into the indexes."""
    for name in ("ix_images_job", "ix_images_name", "ix_images_newest", "ix_images_source"):
        op.drop_index(name, "images")
    _compare_by_byte("C")
    op.create_index(
        "ix_images_newest",
        "images",
        ["owner", "created_at", "number", "format", "width", "taken_at", "name_folded"],
        **LIVING,
    )
    op.create_index(
        "ix_images_source", "images", ["owner", "source", "created_at", "number"], **LIVING
    )
    op.create_index("ix_images_job", "images", ["job_id", "created_at", "number"], **LIVING)
    op.create_index("ix_images_name", "images", ["owner", "name_folded"], **LIVING)
    op.drop_index("ix_items_job_state", "items")
    op.create_index("ix_items_job_state", "items", ["job_id", "state", "seq"])
    op.create_index(
        "ix_items_job_reason", "items", ["job_id", "reason", "seq", "state"], **REASONED
    )


def downgrade() -> None:
    """As 0001 made them."""
    op.drop_index("ix_items_job_reason", "items")
    op.drop_index("ix_items_job_state", "items")
    op.create_index("ix_items_job_state", "items", ["job_id", "state", "reason", "seq"])
    for name in ("ix_images_job", "ix_images_name", "ix_images_newest", "ix_images_source"):
        op.drop_index(name, "images")
    _compare_by_byte(None)
    op.create_index("ix_images_job", "images", ["job_id", "created_at", "number"])
    op.create_index("ix_images_name", "images", ["owner", "name_folded", "number"])
    op.create_index("ix_images_newest", "images", ["owner", "created_at", "number"])
    op.create_index("ix_images_source", "images", ["owner", "source", "created_at", "number"])


def _compare_by_byte(collation: str | None) -> None:
    """SQLite always does; in PostgreSQL the order of a language knows no prefixes."""
    if op.get_bind().dialect.name == "postgresql":
        text = sa.String(collation=collation or "default")
        op.alter_column("images", "name_folded", type_=text)
        op.alter_column("images", "taken_at", type_=sa.String(32, collation=collation or "default"))
