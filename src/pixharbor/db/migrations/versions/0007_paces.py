"""What a provider that names no limit was found to allow: sources/adaptive_governor.py."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One small table."""
    op.create_table(
        "paces",
        sa.Column("name", sa.String(120), primary_key=True),
        sa.Column("per_minute", sa.BigInteger, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """It is found out again."""
    op.drop_table("paces")
