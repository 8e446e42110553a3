"""The books: balances, and the postings of an account or of a kind. Every figure of the home page leads here."""

from flask import Blueprint, request
from sqlalchemy.orm import Session

from plugin.insights import books
from plugin.insights.admin.paging import before
from plugin.ledger.rules import ACCOUNTS, POSTINGS
from plugin.mirror import tables as mirror
from plugin.money import Money
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import here, page

LIST = "/app/books"


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST)(posted)


@embedded
def posted(shop: Shop, session: Session) -> str:
    kept = {name: value for name, known in (("account", ACCOUNTS), ("kind", POSTINGS)) if (value := request.args.get(name)) in known}
    entries = books.postings(session, shop.id, account=kept.get("account"), kind=kept.get("kind"), before=before(request))
    full = len(entries) == books.PAGE
    names = mirror.names(session, shop.id, {entry.posting.order_id for entry in entries if entry.posting.order_id})
    return page("insights/books.html", shop=shop, entries=entries, balances=books.balances(session, shop.id), chosen=kept, names=names,
                money_of=Money,
                following=here(LIST, **kept, before=entries[-1].posting.id) if full else None)
