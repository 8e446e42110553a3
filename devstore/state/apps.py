"""The app that is (or is not) installed: what it declared, its tokens and its rate buckets."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Subscription:
    """A webhook subscription. ``uri`` is absolute."""

    id: int
    topic: str
    uri: str


@dataclass(slots=True)
class AccessToken:
    """``expires_at`` is machine time; None is a token that never expires (refused by the Admin API)."""

    token: str
    scopes: list[str]
    expires_at: datetime | None
    staff_id: int | None = None


@dataclass(slots=True)
class RefreshToken:
    """Works until the token it was exchanged for is used, at most 30 days after its own first use. ``predecessor`` names the one before."""

    token: str
    expires_at: datetime
    scopes: list[str]
    predecessor: str | None = None
    first_used_at: datetime | None = None


@dataclass(slots=True)
class Installation:
    installed_at: datetime
    scopes: list[str]
    subscriptions: list[Subscription] = field(default_factory=list)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)


@dataclass(slots=True)
class BulkOperation:
    id: int
    query: str
    created_at: datetime
    ready_at: datetime
    status: str = "CREATED"
    error_code: str | None = None
    completed_at: datetime | None = None
    object_count: int = 0
    root_count: int = 0
    file_size: int = 0
    file: str | None = None
    group_objects: bool = False
    scopes: list[str] = field(default_factory=list)
