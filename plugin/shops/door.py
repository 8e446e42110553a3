"""How requests find their tenant. ``web`` is handed this: it stands below and knows no tables."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from plugin.clock import now as business_now
from plugin.context import Context
from plugin.errors import Refused, TandemError
from plugin.shopify import scopes, tokens
from plugin.shopify.verify import permission_url
from plugin.shops import flows, reads, tables
from plugin.shops.tables import INSTALLED, Shop
from plugin.web.shell import in_admin

log = structlog.get_logger()


@dataclass(frozen=True)
class Door:
    """``welcome`` is called when a shop becomes a tenant, in that transaction."""

    context: Context
    welcome: Callable[[Session, Shop], None]

    def arrive(self, domain: str, id_token: str) -> None:
        """A merchant is here with a verified token: install, or fetch a new token, if need be.

        This is the one place where a request talks to Shopify, while the merchant looks at the page.
        Raises Refused, Frozen, TryAgain.
        """
        with self.context.transaction() as session:
            if not flows.needs_exchange(session, self.context.settings, domain):
                return
        grant = tokens.exchange(self.context.settings, domain, id_token)
        with self.context.transaction() as session:
            shop, arrived = flows.install(session, self.context.settings, domain, grant, business_now())
            if arrived:
                self.welcome(session, shop)
        if arrived:
            self._introduce(shop)

    def _introduce(self, shop: Shop) -> None:
        """Name and currency are on the first page. Without an answer the page shows what it has; shop/update tells later."""
        try:
            reads.describe(self.context, shop.id)
        except TandemError as error:
            log.warning("shop not described", shop_id=str(shop.id), error=type(error).__name__)

    def load(self, session: Session, domain: str) -> Shop:
        """The tenant of a verified domain. Raises Refused("not_installed")."""
        shop = tables.by_domain(session, domain)
        if shop is None or shop.state != INSTALLED:
            raise Refused("not_installed", "This shop has not installed Tandem.")
        return shop

    def way_in(self, domain: str) -> str:
        """Where a merchant who came outside the admin goes on: to the app in the admin, or first to grant scopes."""
        settings = self.context.settings
        with self.context.transaction() as session:
            shop = tables.by_domain(session, domain)
            granted = shop is not None and shop.state == INSTALLED and not scopes.missing(shop.scopes)
        if not granted:
            return permission_url(settings, domain, scopes.REQUIRED)
        return in_admin(settings, domain)
