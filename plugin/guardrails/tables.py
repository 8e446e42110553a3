"""Cases to review, one an order."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from plugin.db import Base, shop_key

GUARDRAIL = "guardrail"  # resolved_by of a case that the rules closed themselves; they may open it again


class Case(Base):
    """What stands between an order and its reward. A merchant's word (``resolved_by`` is theirs) outlives every new look."""

    __tablename__ = "cases"
    __table_args__ = (Index(None, "shop_id", "state", "opened_at"),)
    shop_id: Mapped[UUID] = shop_key()
    order_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))  # open | released | refused
    verdict: Mapped[str] = mapped_column(String(8))  # allow | hold | deny, as last judged
    reasons: Mapped[list[Any]]
    advocate_id: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    judged_at: Mapped[datetime]
    resolved_by: Mapped[str | None] = mapped_column(String(64))
    resolved_at: Mapped[datetime | None]
