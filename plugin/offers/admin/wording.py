"""An offer in plain words: one sentence for the list, a few more for its page. Each sentence is a text of the catalogue."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from plugin.mirror import tables as mirror
from plugin.money import Money
from plugin.offers.rules.model import Benefit, Goods, Offer, Part
from plugin.shops.tables import Shop
from plugin.web.shell import locale_of, translator
from plugin.web.state import Translate

NAMED = 3
"""So many goods are named; of the rest the number is told."""


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
        said = [(bool(told.countries), "only_countries", {"names": sorted(told.countries)}),
                (bool(told.customer_tags), "only_tags", {"names": sorted(told.customer_tags)}),
                (bool(told.not_customer_tags), "not_tags", {"names": sorted(told.not_customer_tags)}),
                (told.referred is True or offer.kind == "welcome", "only_referred", {}), (told.referred is False, "not_referred", {})]
        found = [say(f"offers.say.{key}", **facts) for holds, key, facts in said if holds]
        if offer.kind not in ("gift", "shipping", "basket") and offer.basket.amounts:
            found.append(say("offers.say.from_amount", amount=offer.basket.amounts[0]))
        if offer.kind not in ("gift", "shipping", "basket") and offer.basket.quantity:
            found.append(say("offers.say.from_quantity", count=offer.basket.quantity))
        return found

    def limits(self, offer: Offer) -> list[str]:
        found = [self.say("offers.say.limit", count=offer.limit)] if offer.limit else []
        return [*found, self.say("offers.say.stacks" if offer.stacks else "offers.say.apart")]

    def goods(self, goods: Goods) -> str:
        """"Mug, Tray or 3 others"; a list of alternatives."""
        if goods.everything:
            return self.say("offers.say.everything")
        titles = [one.title for one in mirror.products(self.session, self.shop.id, sorted(goods.products)[:NAMED])]
        titles += [self.say("offers.say.tag", name=name) for name in sorted(goods.tags)[:NAMED]]
        titles += [self.say("offers.say.vendor", name=name) for name in sorted(goods.vendors)[:NAMED]]
        rest = len(goods.products) + len(goods.tags) + len(goods.vendors) - min(NAMED, len(titles))
        shown = " / ".join(titles[:NAMED]) or "–"
        return self.say("offers.say.and_more", names=shown, count=rest) if rest > 0 and titles else shown

    def parts(self, parts: Sequence[Part]) -> str:
        return " + ".join(f"{part.count} × {self.goods(part.goods)}" for part in parts)

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
    "kit": _bundle("kit"), "mix": _bundle("mix"), "tiers": _tiers, "buy_get": _buy_get, "together": _bundle("together"),
    "upgrade": _upgrade, "complete": _bundle("complete"), "gift": _gift, "shipping": _goal("shipping"), "basket": _goal("basket"),
    "welcome": _welcome}


def fault_text(say: Translate, key: str, facts: dict[str, object]) -> str:
    """What is wrong, and what would be right."""
    return say(f"offers.refused_{key}", **facts)
