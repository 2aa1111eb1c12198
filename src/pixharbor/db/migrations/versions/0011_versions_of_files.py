"""What a host calls the version of a file, to be asked for only another: web_urls_versions.py."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Files that were fetched before have none, and are fetched once more."""
    with op.batch_alter_table("provider_files") as files:
        files.add_column(sa.Column("version", sa.String()))


def downgrade() -> None:
    """Every address is fetched again each time."""
    with op.batch_alter_table("provider_files") as files:
        files.drop_column("version")
