"""An offer as the builder's form shows it; ``filling.read`` of it is the offer again. Pure."""

from datetime import timedelta

from plugin.offers.rules.filling import LETTERS, PICKED, STEPS, Values, blank
from plugin.offers.rules.filling_amounts import also
from plugin.offers.rules.filling_goods import COUNTING, WITHOUT, excluded, written
from plugin.offers.rules.model import EVERYTHING, Audience, Benefit, Offer, Schedule


def filled(offer: Offer) -> Values:
    """The offer as the form shows it; ``read`` of it is the offer again."""
    values = blank() | {
        "title": offer.title, "outcome": offer.outcome or "", "scope": offer.scope, "code": offer.code,
        "pick": offer.pick if offer.kind in PICKED else "cheapest", "limit": str(offer.limit or ""),
        "priority": str(offer.priority), "stacks": "yes" if offer.stacks else "", "native": "yes" if offer.native else "",
        "bundled": offer.bundled,
        "combines": sorted(offer.combines), **_audience(offer.audience), **_days(offer.schedule),
        "least_quantity": str(offer.basket.quantity or ""), "least_amount": offer.basket.amounts[0].text() if offer.basket.amounts else "",
        "least_amount_also": also(offer.basket.amounts)}
    values[COUNTING] = [] if offer.basket.goods.everything else written(offer.basket.goods)
    about = [*(part.goods for part in offer.parts), *([offer.goods] if offer.goods != EVERYTHING else [])]
    values["subscriptions"] = "yes" if any(one.subscriptions for one in about) else ""
    values[WITHOUT] = next((told for one in (*about, offer.goods) if (told := excluded(one))), [])
    benefit = offer.whole or offer.benefit
    for letter, part in zip(LETTERS, offer.parts, strict=False):
        values |= {f"goods_{letter}": written(part.goods), f"count_{letter}": str(part.count)}
        benefit = benefit or part.benefit
    if offer.drawn:
        values |= {"source": "orders", "companions": str(offer.drawn), "goods_a": written(offer.goods), "worth": "none"}
    if offer.kind == "tiers":
        values["goods_a"] = written(offer.goods)
        benefit = offer.steps[0].benefit
        for letter, step in zip(STEPS, offer.steps, strict=False):
            values |= {f"least_{letter}": str(step.least), f"value_{letter}": _value(step.benefit),
                       f"value_{letter}_also": also(step.benefit.amounts)}
    if offer.replaces:
        values["goods_b"] = sorted(f"p:{one}" for one in offer.replaces)
    if benefit:
        values["worth"] = benefit.worth
    if benefit and offer.kind != "tiers":
        values |= {"value": _value(benefit), "value_also": also(benefit.amounts)}
    return values


def _value(benefit: Benefit) -> str:
    if benefit.worth == "percent":
        return percent(benefit.basis_points)
    return benefit.amounts[0].text() if benefit.amounts else ""


def percent(basis_points: int) -> str:
    return f"{basis_points // 100}.{basis_points % 100:02}".rstrip("0").rstrip(".")


def _audience(told: Audience) -> Values:
    who = {True: "referred", False: "not_referred", None: "any"}[told.referred]
    return {"who": who, "countries": ", ".join(sorted(told.countries)),
            "currencies": ", ".join(sorted(told.currencies)), "customer_tags": ", ".join(sorted(told.customer_tags)),
            "not_customer_tags": ", ".join(sorted(told.not_customer_tags)),
            "markets": sorted(told.markets), "campaigns": sorted(told.campaigns), "segments": sorted(told.segments),
            "cap_times": str(told.cap.times) if told.cap else "", "cap_days": str(told.cap.days) if told.cap else "",
            "holdout": percent(told.holdout_bp) if told.holdout_bp else ""}


def _days(told: Schedule) -> Values:
    return {"starts": told.starts.date().isoformat() if told.starts else "",
            "ends": (told.ends - timedelta(days=1)).date().isoformat() if told.ends else ""}
