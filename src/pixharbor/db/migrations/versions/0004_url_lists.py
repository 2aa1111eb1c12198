"""Lists of web addresses that imports are made from."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A list, and its lines in packed pages."""
    op.create_table(
        "url_lists",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_url_lists"),
    )
    op.create_table(
        "url_list_pages",
        sa.Column("list_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["url_lists.id"], name="fk_url_list_pages_list_id_url_lists"
        ),
        sa.PrimaryKeyConstraint("list_id", "number", name="pk_url_list_pages"),
    )


def downgrade() -> None:
    """Without them."""
    op.drop_table("url_list_pages")
    op.drop_table("url_lists")
