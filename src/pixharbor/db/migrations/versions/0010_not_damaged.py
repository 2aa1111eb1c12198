"""Pictures that only a limit or a crash has kept from being shown are not damaged: try them again."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PASSING = ("too_many_pixels", "image_crashed", "too_much_memory")


def upgrade() -> None:
    """Forget the marks of errors that do not last; a decode sets those anew that do."""
    damaged = sa.column("damaged", sa.String())
    marked = sa.or_(*(damaged.startswith(f"{code}: ", autoescape=True) for code in PASSING))
    op.execute(sa.update(sa.table("images", damaged)).where(marked).values(damaged=None))


def downgrade() -> None:
    """What is marked no more is found out again."""
