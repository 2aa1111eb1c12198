"""Why a job stands still just now, and until when that is worth telling: jobs/note_trouble.py."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns that are empty for every job there is."""
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("note", sa.String()))
        jobs.add_column(sa.Column("note_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """A note is worth nothing after a moment."""
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_column("note_until")
        jobs.drop_column("note")
