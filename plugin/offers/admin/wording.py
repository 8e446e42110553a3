"""An offer in plain words: one sentence for the list, a few more for its page. Each sentence is a text of the catalogue."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from plugin.attribution import campaigns
from plugin.db import ShopId
from plugin.locales import direction
from plugin.mirror import tables as mirror
from plugin.mirror.tables.markets import markets
from plugin.money import Money
from plugin.offers.rules.filling_goods import excluded
from plugin.offers.rules.model import Benefit, Goods, Offer, Part
from plugin.offers.tables.segments import segments
from plugin.shops.tables import Shop
from plugin.web.shell import locale_of, translator
from plugin.web.state import Translate

NAMED = 3
"""So many goods are named; of the rest the number is told."""
APART = "\u2068\u2069"
"""Around words that have a direction of their own."""


def sentence(session: Session, shop: Shop, offer: Offer) -> str:
    """What a shopper must do and what they get."""
    return _Words(session, shop).main(offer)


def sentences(session: Session, shop: Shop, offer: Offer) -> list[str]:
    """All that the offer says, the main thing first."""
    words = _Words(session, shop)
    return [words.main(offer), *words.conditions(offer), *words.limits(offer)]


class _Words:
    def __init__(self, session: Session, shop: Shop) -> None:
        self.session, self.shop, self.say = session, shop, translator(shop)

    def main(self, offer: Offer) -> str:
        return _MAIN[offer.kind](self, offer)

    def conditions(self, offer: Offer) -> list[str]:
        told, say = offer.audience, self.say
        apart = self.apart(offer)
        said = [(bool(apart), "without", {"names": apart}),
                (bool(told.countries), "only_countries", {"names": sorted(told.countries)}),
                (bool(told.currencies), "only_currencies", {"names": sorted(told.currencies)}),
                (bool(told.customer_tags), "only_tags", {"names": sorted(told.customer_tags)}),
                (bool(told.not_customer_tags), "not_tags", {"names": sorted(told.not_customer_tags)}),
                (told.referred is True or offer.kind == "welcome", "only_referred", {}), (told.referred is False, "not_referred", {})]
        found = [say(f"offers.say.{key}", **facts) for holds, key, facts in said if holds] + self._known_by(offer)
        if offer.kind not in ("gift", "shipping", "basket") and offer.basket.amounts:
            found.append(say("offers.say.from_amount", amount=offer.basket.amounts[0]))
        if offer.kind not in ("gift", "shipping", "basket") and offer.basket.quantity:
            found.append(say("offers.say.from_quantity", count=offer.basket.quantity))
        return found + self.counted(offer) + self.abroad(offer)

    def counted(self, offer: Offer) -> list[str]:
        """What counts towards a goal, where not everything does; and whether goods that come again and again are meant."""
        about = [part.goods for part in offer.parts] or ([offer.goods] if offer.steps else [])
        found = [] if offer.basket.goods.everything else [self.say("offers.say.counting", goods=self.goods(offer.basket.goods))]
        return found + ([self.say("offers.say.subscriptions")] if any(one.subscriptions for one in about) else [])

    def abroad(self, offer: Offer) -> list[str]:
        """What the merchant fixed in other currencies: the amounts, of steps each with its own, and the least amount."""
        benefits = [offer.whole, offer.benefit, *(part.benefit for part in offer.parts)]
        told = [one for benefit in benefits if benefit for one in self._displayed(benefit.amounts)]
        told += [self.say("offers.say.step", least=step.least, benefit=" / ".join(shown)) for step in offer.steps
                 if (shown := self._displayed(step.benefit.amounts))]
        least = self._displayed(offer.basket.amounts)
        return [self.say(f"offers.say.{key}", names=names) for key, names in (("also", told), ("also_least", least)) if names]

    def _displayed(self, amounts: Sequence[Money]) -> list[str]:
        return [one.display(locale_of(self.shop)) for one in amounts[1:]]

    def _known_by(self, offer: Offer) -> list[str]:
        """What the checkout must be told of a shopper: where they came from, what they bought before."""
        told, say, shop_id = offer.audience, self.say, ShopId(self.shop.id)
        found = []
        if told.markets:
            names = [one.name for one in markets(self.session, shop_id) if one.id in told.markets]
            found.append(say("audience.only_markets", names=names) if names else say("offers.refused_market_gone", count=len(told.markets)))
        if told.campaigns:
            names = [one.name for one in campaigns.of_shop(self.session, shop_id) if str(one.id) in told.campaigns]
            found.append(say("audience.only_campaigns", names=names))
        if told.segments:
            names = [one.name for one in segments(self.session, shop_id) if str(one.id) in told.segments]
            found.append(say("audience.only_segments", names=names))
        found += [say("audience.only_code", code=offer.code)] if offer.code else []
        return found + ([say("audience.capped", times=told.cap.times, days=told.cap.days)] if told.cap else [])

    def apart(self, offer: Offer) -> list[str]:
        """What it is never about; a few by name."""
        about = next((one for one in (*(part.goods for part in offer.parts), offer.goods) if excluded(one)), None)
        if about is None:
            return []
        meant = Goods(products=about.not_products, variants=about.not_variants, collections=about.not_collections, tags=about.not_tags)
        return [self.goods(meant)]

    def limits(self, offer: Offer) -> list[str]:
        found = [self.say("offers.say.limit", count=offer.limit)] if offer.limit else []
        friends = self.say("offers.say.beside_friends" if "order" in offer.combines else "offers.say.no_friends")
        return [*found, self.say("offers.say.stacks" if offer.stacks else "offers.say.apart"), friends]

    def goods(self, goods: Goods) -> str:
        """"Mug, Tray or 3 others"; a list of alternatives."""
        if goods.everything:
            return self.say("offers.say.everything")
        titles = [one.title for one in mirror.products(self.session, self.shop.id, sorted(goods.products)[:NAMED])]
        titles += mirror.variant_titles(self.session, self.shop.id, sorted(goods.variants)[:NAMED]).values()
        gathered = mirror.collection_titles(self.session, self.shop.id, sorted(goods.collections)[:NAMED])
        titles += [self.say("audience.collection", name=name) for name in gathered.values()]
        titles += [self.say("offers.say.tag", name=name) for name in sorted(goods.tags)[:NAMED]]
        titles += [self.say("offers.say.vendor", name=name) for name in sorted(goods.vendors)[:NAMED]]
        count = sum(len(ids) for ids in (goods.products, goods.variants, goods.collections, goods.tags, goods.vendors))
        rest = count - min(NAMED, len(titles))
        shown = " / ".join(titles[:NAMED]) or "–"
        return self.say("offers.say.and_more", names=shown, count=rest) if rest > 0 and titles else shown

    def parts(self, parts: Sequence[Part]) -> str:
        """Each part apart from the others, or a text from the right would turn their numbers round."""
        told = (f"{part.count} × {self.goods(part.goods)}" for part in parts)
        return " + ".join(f"{APART[0]}{one}{APART[1]}" for one in told) if direction(locale_of(self.shop)) == "rtl" else " + ".join(told)

    def benefit(self, benefit: Benefit | None) -> str:
        if benefit is None:
            return "–"
        if benefit.worth == "percent":
            return self.say("offers.say.percent", rate_bp=benefit.basis_points)
        amount = benefit.amounts[0] if benefit.amounts else Money.zero(self.shop.currency)
        return self.say(f"offers.say.{benefit.worth}", amount=amount)

    def least(self, offer: Offer) -> str:
        """From when on: an amount, a number of goods, both, or at once."""
        found = [amount.display(locale_of(self.shop)) for amount in offer.basket.amounts[:1]]
        found += [self.say("offers.say.units", count=offer.basket.quantity)] if offer.basket.quantity else []
        return " + ".join(found)


def _bundle(key: str) -> Callable[[_Words, Offer], str]:
    def words(told: _Words, offer: Offer) -> str:
        return told.say(f"offers.say.{key}", goods=told.parts(offer.parts), benefit=told.benefit(offer.whole))
    return words


def _together(told: _Words, offer: Offer) -> str:
    if not offer.drawn:
        return _bundle("together")(told, offer)
    key = "says_only" if offer.recommends else "says"
    return told.say(f"drawn.{key}", goods=told.goods(offer.goods), count=offer.drawn, benefit=told.benefit(offer.whole))


def _tiers(told: _Words, offer: Offer) -> str:
    steps = [told.say("offers.say.step", least=step.least, benefit=told.benefit(step.benefit)) for step in offer.steps]
    return told.say("offers.say.tiers", goods=told.goods(offer.goods), steps=" · ".join(steps))


def _buy_get(told: _Words, offer: Offer) -> str:
    bought, given = [part for part in offer.parts if not part.benefit], [part for part in offer.parts if part.benefit]
    return told.say("offers.say.buy_get", bought=told.parts(bought), given=told.parts(given),
                    benefit=told.benefit(given[0].benefit if given else None))


def _upgrade(told: _Words, offer: Offer) -> str:
    better = offer.parts[0] if offer.parts else Part(Goods())
    return told.say("offers.say.upgrade", better=told.goods(better.goods), goods=told.goods(Goods(products=offer.replaces)),
                    benefit=told.benefit(better.benefit))


def _gift(told: _Words, offer: Offer) -> str:
    return told.say("offers.say.gift", least=told.least(offer), goods=told.parts(offer.parts),
                    benefit=told.benefit(offer.parts[0].benefit if offer.parts else None))


def _goal(key: str) -> Callable[[_Words, Offer], str]:
    def words(told: _Words, offer: Offer) -> str:
        least = told.least(offer)
        if not least:
            return told.say(f"offers.say.{key}", benefit=told.benefit(offer.benefit))
        return told.say(f"offers.say.{key}_from", least=least, benefit=told.benefit(offer.benefit))
    return words


def _welcome(told: _Words, offer: Offer) -> str:
    return _bundle("kit")(told, offer) if offer.parts else _goal("basket")(told, offer)


_MAIN: dict[str, Callable[[_Words, Offer], str]] = {
    "kit": _bundle("kit"), "mix": _bundle("mix"), "tiers": _tiers, "buy_get": _buy_get, "together": _together,
    "upgrade": _upgrade, "complete": _bundle("complete"), "gift": _gift, "shipping": _goal("shipping"), "basket": _goal("basket"),
    "welcome": _welcome}


def fault_text(say: Translate, key: str, facts: dict[str, object]) -> str:
    """What is wrong, and what would be right."""
    return say(f"offers.refused_{key}", **facts)
