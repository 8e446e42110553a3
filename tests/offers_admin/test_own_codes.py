"""What Shopify is told of the codes that a customer may give away but not use: from the claim to the customer's marks."""

from datetime import timedelta

from sqlalchemy import select

from jobs.events import EVENTS
from plugin import clock
from plugin.attribution import owning
from plugin.attribution.tables import Link
from plugin.context import Context
from plugin.db import new_id
from plugin.desk.flows import Ask
from plugin.intake.flows import event_of
from plugin.intake.tables import Inbox
from plugin.offers import flows
from plugin.offers.flows import marking
from plugin.offers.tables import segments
from plugin.people import flows as people
from plugin.referrals import flows as referrals
from plugin.referrals.flows import friends, pool
from plugin.shops.tables import Shop
from tests.offers_admin.conftest import Shopify, deliver, published, tiers
from tests.rules.shopfront import running

ALICE, MAIL = "900", "alice@example.org"


def heard(context: Context, shop: Shop) -> list[str | int]:
    """What waits in the inbox is done. Returns Alice's marks."""
    with context.transaction() as session:
        for row in session.scalars(select(Inbox).where(Inbox.shop_id == shop.id, Inbox.topic.in_([owning.CHANGED, marking.STEP]))).all():
            EVENTS[row.topic](session, shop.id, event_of(row), clock.now())
            session.delete(row)
    with context.transaction() as session:
        found = segments.marks(session, shop.id, ALICE)
        return list(found.marks) if found else []


def claim(context: Context, shop: Shop, link: Link, nonce: str) -> str:
    with context.transaction() as session:
        landing = referrals.look(session, shop.id, link.slug, now=clock.now())
        found = referrals.claim(session, shop.id, landing, nonce=nonce, visit_id=None, device_key=None, now=clock.now())
        code = friends.code_of(session, shop.id, found)
        assert code is not None
        return code.casefold()


def alice(context: Context, shop: Shop) -> Link:
    """Who shared before Shopify said which customer she is."""
    link = running(context, shop)
    with context.transaction() as session:
        people.meet(session, shop.id, email=MAIL, customer_id=ALICE, now=clock.now())
    return link


def test_a_customers_marks_follow_their_codes(context: Context, shop: Shop, shopify: Shopify) -> None:
    link = alice(context, shop)
    own = link.code.casefold()
    assert heard(context, shop) == [], "no offer is live, so no Function would read it"
    offer_id = published(context, shop, tiers())
    deliver(context)
    assert heard(context, shop) == [own]
    first, second = claim(context, shop, link, "1"), claim(context, shop, link, "2")
    assert heard(context, shop) == [own, second, first]
    with context.transaction() as session:
        pool.lapse(session, shop.id, clock.now() + timedelta(days=400))
    assert heard(context, shop) == [own]
    with context.transaction() as session:
        referrals.stop(session, shop.id, link.id, now=clock.now())
    assert heard(context, shop) == []
    with context.transaction() as session:
        referrals.resume(session, shop.id, link.id, Ask("7", "", clock.now()))
    assert heard(context, shop) == [own]
    with context.transaction() as session:
        flows.pause_offer(session, shop.id, offer_id, now=clock.now())
    assert heard(context, shop) == []


def test_no_more_are_told_than_a_checkout_reads_the_newest_first(context: Context, shop: Shop, shopify: Shopify) -> None:
    link = alice(context, shop)
    published(context, shop, tiers())
    told = [claim(context, shop, link, str(at)) for at in range(owning.MOST + 5)]
    assert heard(context, shop) == [link.code.casefold(), *told[:-owning.MOST:-1]]


def test_codes_are_their_owners_alone(context: Context, shop: Shop, south: Shop) -> None:
    link = alice(context, shop)
    with context.transaction() as session:
        assert owning.own_codes(session, shop.id, [ALICE, "901"]) == {ALICE: (link.code.casefold(),)}
        assert owning.own_codes(session, south.id, [ALICE]) == {} and owning.owner(session, south.id, link.id) is None
        assert list(owning.owners(session, shop.id, after="", limit=9)) == [ALICE]
        assert not owning.owners(session, south.id, after="", limit=9)
        assert not owning.owners(session, shop.id, after=ALICE, limit=9) and owning.owner(session, shop.id, new_id()) is None


def test_what_the_function_says_to_them_is_in_the_configuration(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, tiers())
    deliver(context)
    [words] = [one["m"] for (_, key), one in shopify.fields.items() if key == "config_0"]
    assert words == "This code is yours to give away: it is for your friends."
