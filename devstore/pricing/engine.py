"""From a cart to a price."""

from dataclasses import replace
from datetime import datetime

from devstore.currency import half_up, split
from devstore.functions.deciding import decide
from devstore.functions.extension import extensions
from devstore.functions.inputs import Facts
from devstore.pricing.combining import Taken, best
from devstore.pricing.eligibility import Basket, refusal
from devstore.pricing.naming import by_words
from devstore.pricing.presentment import Exchange, counted, exchange, shown_facts
from devstore.pricing.values import Candidate, Priced, PricedLine, PricedShipping, Verdict
from devstore.state.carts import Buyer, Cart
from devstore.state.discounts import Value
from devstore.state.orders import Allocation, Application
from devstore.state.shops import Shop

PPM = 1_000_000


def price(shop: Shop, cart: Cart, buyer: Buyer | None, now: datetime) -> Priced:
    """Price the cart for the buyer (or for nobody yet: then without shipping). Lines of vanished variants are left out."""
    lines = priced_lines(shop, cart)
    shipping = _shipping(shop, lines, buyer)
    basket, money = _basket(shop, lines, shipping, buyer, now), exchange(shop, cart.currency)
    candidates, verdicts = _asked(*_candidates(shop, cart, basket), facts=_facts(shop, cart, basket), money=money)
    taken = [one for one in best(candidates, lines, shipping.price if shipping else 0) if one.amount or _waits_for_shipping(one, shipping)]
    told = [part for one in taken for part in by_words(one)]
    applications = [_application(one) for one in told]
    _allocate(told, lines, shipping)
    if money is not None:
        _show(told, lines, money)
    _tax(shop, lines, shipping)
    chosen = {one.candidate.code.id for one in taken if one.candidate.code}
    done = [_settled(shop, verdict, chosen) for verdict in verdicts]
    result = Priced(shop.currency, lines, shipping, applications, done, [one.candidate for one in taken], shop.taxes_included)
    result.store_credit = _store_credit(shop, buyer, result.total)
    return result


def priced_lines(shop: Shop, cart: Cart) -> list[PricedLine]:
    lines = []
    for line in cart.lines:
        variant = shop.variants.get(line.variant_id)
        if variant is None or line.quantity <= 0:
            continue
        product = shop.products[variant.product_id]
        priced = PricedLine(line.key, product.id, variant.id, variant.price, line.quantity, product.collections)
        priced.requires_shipping, priced.taxable = variant.requires_shipping, variant.taxable
        lines.append(priced)
    return lines


def _shipping(shop: Shop, lines: list[PricedLine], buyer: Buyer | None) -> PricedShipping | None:
    if buyer is None or not shop.shipping_rates or not any(line.requires_shipping for line in lines):
        return None
    chosen = next((rate for rate in shop.shipping_rates if rate.code == buyer.shipping_rate), shop.shipping_rates[0])
    return PricedShipping(chosen.code, chosen.title, chosen.price)


def _basket(shop: Shop, lines: list[PricedLine], shipping: PricedShipping | None, buyer: Buyer | None, now: datetime) -> Basket:
    if buyer is None:
        return Basket(lines, now)
    known = shop.customer_by_email(buyer.email) if buyer.customer_id is None and buyer.email else None
    customer_id = known.id if known else buyer.customer_id
    return Basket(lines, now, customer_id, buyer.address.country_code or None, shipping.price if shipping else None)


def _candidates(shop: Shop, cart: Cart, basket: Basket) -> tuple[list[Candidate], list[Verdict]]:
    automatic = [Candidate(one) for one in shop.automatic_discounts(basket.now)]
    found = [one for one in automatic if refusal(one, basket) is None]
    verdicts = []
    for name in dict.fromkeys(code.strip().upper() for code in cart.codes):
        code = shop.code(name)
        candidate = Candidate(shop.discounts[code.discount_id], code) if code else None
        reason = refusal(candidate, basket) if candidate else "not_found"
        if candidate and reason is None:
            found.append(candidate)
        verdicts.append(Verdict(code.code if code else name, reason is None, reason))
    return found, verdicts


def _facts(shop: Shop, cart: Cart, basket: Basket) -> Facts:
    """What a Function may know of this cart."""
    customer = shop.customers.get(basket.customer_id) if basket.customer_id else None
    properties = {line.key: line.properties for line in cart.lines}
    attributes = dict(cart.attributes)
    return Facts(shop, basket.lines, basket.now, list(cart.codes), attributes, properties, customer, basket.country, basket.shipping,
                 applied=cart.applied)


def _asked(
    candidates: list[Candidate], verdicts: list[Verdict], *, facts: Facts, money: Exchange | None
) -> tuple[list[Candidate], list[Verdict]]:
    """Functions run once for each of their discounts; what they give takes the discount's place, and codes that they refuse go."""
    asked = [one for found in candidates for one in (_parts(found, facts, money) if found.discount.function else [found])]
    said_no = [one.given for one in asked if one.given and one.discount.method == "automatic"]
    refused = {code: given.refusal for given in said_no for code in given.refused}
    kept = [one for one in asked if one.part != "none" and not (one.code and one.code.code.casefold() in refused)]
    said = [Verdict(one.code, False, "refused_by_app", refused[one.code.casefold()]) if one.code.casefold() in refused else one
            for one in verdicts]
    return kept, said


def _parts(found: Candidate, facts: Facts, money: Exchange | None) -> list[Candidate]:
    said = decide(extensions()[found.discount.function], found.discount, shown_facts(facts, money))
    given = counted(said, facts.lines, money, facts.shipping or 0)
    amounts = {"product": sum(given.lines), "order": given.order, "shipping": given.shipping}
    parts = [part for part, amount in amounts.items() if amount] or ["none"]
    return [replace(found, part=part, given=given, shown=said if money else None) for part in parts]


def _settled(shop: Shop, verdict: Verdict, chosen: set[int]) -> Verdict:
    """A code that could apply but was left out by a better combination says so."""
    code = shop.code(verdict.code) if verdict.applies else None
    if code is None or code.id in chosen:
        return verdict
    waiting = "shipping" in (shop.discounts[code.discount_id].classification, *shop.discounts[code.discount_id].classes)
    return Verdict(verdict.code, waiting, None if waiting else "not_combinable")


def _waits_for_shipping(taken: Taken, shipping: PricedShipping | None) -> bool:
    return shipping is not None and taken.candidate.classification == "shipping"


def _application(taken: Taken) -> Application:
    discount, code = taken.candidate.discount, taken.candidate.code
    value = Value(amount=taken.amount) if taken.candidate.given else discount.value
    shipping = taken.candidate.classification == "shipping"
    percentage = 10_000 if shipping and not taken.candidate.given else value.basis_points
    return Application(
        kind="discount_code" if code else "automatic",
        title=code.code if code else taken.candidate.words or discount.title,
        code=code.code if code else None,
        value=percentage if percentage is not None else value.amount or 0,
        value_type="percentage" if percentage is not None else "fixed_amount",
        allocation_method="each" if discount.bxgy or shipping or value.each else "across",
        target_selection="all" if discount.items.all and not discount.bxgy and taken.candidate.part != "product" else "entitled",
        target_type="shipping_line" if shipping else "line_item",
        discount_id=discount.id,
    )


def _allocate(taken: list[Taken], lines: list[PricedLine], shipping: PricedShipping | None) -> None:
    for index, one in enumerate(taken):
        for line, amount in zip(lines, one.lines, strict=True):
            if amount:
                line.allocations.append(Allocation(index, amount))
        if shipping is not None and one.candidate.classification == "shipping":
            shown = one.candidate.shown.shipping if one.candidate.shown else None
            shipping.allocations.append(Allocation(index, one.shipping, shown))


def _show(taken: list[Taken], lines: list[PricedLine], money: Exchange) -> None:
    """What Functions took, as they said it: goods line by line, an order's once, shared out over what the goods' discounts left."""
    for index, one in enumerate(taken):
        if one.candidate.shown is None or one.candidate.part == "shipping":
            continue
        off = one.candidate.shown.lines
        if one.candidate.part == "order":
            rest = [money.there(line.price) * line.quantity - sum(part.shown or 0 for part in line.allocations) for line in lines]
            off = split(one.candidate.shown.order, rest)
        for line, amount in zip(lines, off, strict=True):
            part = next((part for part in line.allocations if part.application == index), None)
            if part is not None:
                part.shown = amount
            elif amount:
                line.allocations.append(Allocation(index, 0, amount))


def _tax(shop: Shop, lines: list[PricedLine], shipping: PricedShipping | None) -> None:
    for line in lines:
        line.tax = tax_of(shop, line.discounted) if line.taxable else 0
    if shipping is not None:
        shipping.tax = tax_of(shop, shipping.discounted)


def tax_of(shop: Shop, amount: int) -> int:
    """The tax in (included) or on (added) an amount, half up."""
    base = PPM + shop.tax_ppm if shop.taxes_included else PPM
    return half_up(amount * shop.tax_ppm, base)


def _store_credit(shop: Shop, buyer: Buyer | None, total: int) -> int:
    customer = shop.customers.get(buyer.customer_id) if buyer and buyer.customer_id else None
    if buyer is None or customer is None or not (buyer.use_store_credit and shop.store_credit_at_checkout):
        return 0
    balance = next((one.balance for one in customer.accounts if one.currency == shop.currency), 0)
    return max(0, min(balance, total))
