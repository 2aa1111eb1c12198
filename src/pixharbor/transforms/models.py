"""The table of variants: the results of recipes on images."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pixharbor.db.base import Base, UtcTime


class Variant(Base):
    """What a recipe made of an image. One row for each pair: asked again, it is found."""

    __tablename__ = "variants"

    image_id: Mapped[UUID] = mapped_column(ForeignKey("images.id"), primary_key=True)
    recipe: Mapped[str] = mapped_column(String(255), primary_key=True)
    storage_key: Mapped[str]
    mime_type: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
