"""The table of connections: accounts that people have let us read as."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from pixharbor.db.base import Base, UtcTime


class Connection(Base):
    """An account at a source. One row for each account of an owner, also after it was removed:
    who connects it again goes on with the jobs that waited for it.

    `secret` and `access_token` are sealed (db/sealed.py). `fresh_until` and `renewing_until` are
    the database's clock in epoch milliseconds.
    """  # noqa: D205 - one sentence that needs two lines

    __tablename__ = "connections"
    __table_args__ = (UniqueConstraint("owner", "source", "account"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    owner: Mapped[int]
    source: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))  # see kinds.py
    account: Mapped[str] = mapped_column(String(320))  # the provider's own id for it
    name: Mapped[str] = mapped_column(String(320))
    project: Mapped[str] = mapped_column(String(320))  # whose limits it shares
    state: Mapped[str] = mapped_column(String(16))  # connected | needs_reauth | removed
    problem: Mapped[str | None]  # why a person has to connect it anew
    secret: Mapped[str]  # what tokens are had for: see kinds.py
    access_token: Mapped[str | None]
    fresh_until: Mapped[int | None] = mapped_column(BigInteger)  # then the next one is had
    tokens: Mapped[int] = mapped_column(default=0)  # how many were had
    grant: Mapped[int] = mapped_column(default=1)  # how often a person has connected it
    renewing_by: Mapped[UUID | None] = mapped_column(Uuid)
    renewing_until: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    connected_at: Mapped[datetime] = mapped_column(UtcTime)
