"""What changes at the source between two imports: files gone, back, moved, with other content."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COUNTERS = ("marked_gone", "marked_back", "superseded")


def upgrade() -> None:
    """Files that were imported before belong to no place yet; their next import says to which."""
    op.add_column("images", sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("images", sa.Column("superseded_by", sa.Uuid(), nullable=True))
    op.add_column("folders", _number("depth", sa.Integer()))
    for counter in COUNTERS:
        op.add_column("tasks", _number(counter, sa.BigInteger()))
    for column in (
        sa.Column("traits", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("place", sa.String(), nullable=False, server_default=""),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces", sa.Uuid(), nullable=True),
    ):
        op.add_column("provider_files", column)
    op.create_index("ix_provider_files_place", "provider_files", ["owner", "source", "place"])
    for column_name in ("gone_at", "replaces"):
        op.create_index(
            f"ix_provider_files_{column_name.removesuffix('_at')}",
            "provider_files",
            ["owner", "source"],
            **_where(f"{column_name} IS NOT NULL"),
        )


def downgrade() -> None:
    """As 0002 left them."""
    for name in ("replaces", "gone", "place"):
        op.drop_index(f"ix_provider_files_{name}", "provider_files")
    for column_name in ("replaces", "gone_at", "place", "traits"):
        op.drop_column("provider_files", column_name)
    for counter in COUNTERS:
        op.drop_column("tasks", counter)
    op.drop_column("folders", "depth")
    op.drop_column("images", "superseded_by")
    op.drop_column("images", "gone_at")


def _number(name: str, kind: sa.types.TypeEngine[int]) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False, server_default="0")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
