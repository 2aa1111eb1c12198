"""Connections: accounts that people have let us read as; secrets are sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row for each account of an owner at a source."""
    op.create_table(
        "connections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("account", sa.String(320), nullable=False),
        sa.Column("name", sa.String(320), nullable=False),
        sa.Column("project", sa.String(320), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("access_token", sa.String(), nullable=True),
        sa.Column("fresh_until", sa.BigInteger(), nullable=True),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("grant", sa.Integer(), nullable=False),
        sa.Column("renewing_by", sa.Uuid(), nullable=True),
        sa.Column("renewing_until", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_connections"),
        sa.UniqueConstraint("owner", "source", "account", name="uq_connections_owner_source_account"),
    )


def downgrade() -> None:
    """Forget all accounts; jobs that need them wait for ever."""
    op.drop_table("connections")
