"""An offer as the builder's form shows it; ``filling.read`` of it is the offer again. Pure."""

from datetime import timedelta

from plugin.offers.rules.filling import LETTERS, PICKED, STEPS, Values, blank
from plugin.offers.rules.model import Audience, Benefit, Goods, Offer, Schedule


def filled(offer: Offer) -> Values:
    """The offer as the form shows it; ``read`` of it is the offer again."""
    values = blank() | {
        "title": offer.title, "outcome": offer.outcome or "", "scope": offer.scope,
        "pick": offer.pick if offer.kind in PICKED else "cheapest", "limit": str(offer.limit or ""),
        "priority": str(offer.priority), "stacks": "yes" if offer.stacks else "",
        "combines": sorted(offer.combines), **_audience(offer.audience), **_days(offer.schedule),
        "least_quantity": str(offer.basket.quantity or ""), "least_amount": offer.basket.amounts[0].text() if offer.basket.amounts else ""}
    benefit = offer.whole or offer.benefit
    for letter, part in zip(LETTERS, offer.parts, strict=False):
        values |= {f"goods_{letter}": _goods(part.goods), f"count_{letter}": str(part.count)}
        benefit = benefit or part.benefit
    if offer.kind == "tiers":
        values["goods_a"] = _goods(offer.goods)
        benefit = offer.steps[0].benefit
        for letter, step in zip(STEPS, offer.steps, strict=False):
            values |= {f"least_{letter}": str(step.least), f"value_{letter}": _value(step.benefit)}
    if offer.replaces:
        values["goods_b"] = sorted(f"p:{one}" for one in offer.replaces)
    if benefit:
        values |= {"worth": benefit.worth, "value": _value(benefit) if offer.kind != "tiers" else ""}
    return values


def _value(benefit: Benefit) -> str:
    if benefit.worth == "percent":
        return f"{benefit.basis_points // 100}.{benefit.basis_points % 100:02}".rstrip("0").rstrip(".")
    return benefit.amounts[0].text() if benefit.amounts else ""


def _goods(goods: Goods) -> list[str]:
    if goods.everything:
        return ["everything"]
    return [f"{mark}:{one}" for mark, ids in (("p", goods.products), ("t", goods.tags), ("v", goods.vendors)) for one in sorted(ids)]


def _audience(told: Audience) -> Values:
    who = {True: "referred", False: "not_referred", None: "any"}[told.referred]
    return {"who": who, "countries": ", ".join(sorted(told.countries)), "customer_tags": ", ".join(sorted(told.customer_tags)),
            "not_customer_tags": ", ".join(sorted(told.not_customer_tags))}


def _days(told: Schedule) -> Values:
    return {"starts": told.starts.date().isoformat() if told.starts else "",
            "ends": (told.ends - timedelta(days=1)).date().isoformat() if told.ends else ""}
