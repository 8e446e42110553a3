"""What one discount takes off each line, exact to the minor unit."""

from devstore.currency import half_up, split
from devstore.pricing.eligibility import entitled
from devstore.pricing.values import PricedLine
from devstore.state.discounts import Bxgy, Discount, Value


def off_lines(discount: Discount, lines: list[PricedLine], bases: list[int]) -> list[int]:
    """Amounts per line, as long as ``lines``. ``bases`` are the lines' values that the discount sees."""
    if discount.bxgy is not None:
        return _off_bxgy(discount, discount.bxgy, lines)
    seen = [base if entitled(discount.items, line) else 0 for line, base in zip(lines, bases, strict=True)]
    if discount.classification == "order":
        return split(_off_whole(discount.value, sum(seen)), seen)
    return _off_product(discount.value, lines, seen)


def _off_whole(value: Value, base: int) -> int:
    """An order discount is rounded once, on the sum, and then shared out."""
    if value.basis_points is not None:
        return half_up(base * value.basis_points, 10_000)
    return min(value.amount or 0, base)


def _off_product(value: Value, lines: list[PricedLine], seen: list[int]) -> list[int]:
    """A product percentage is rounded per line; an amount is taken off each unit or shared over the entitled lines."""
    if value.basis_points is not None:
        return [half_up(base * value.basis_points, 10_000) for base in seen]
    if value.each:
        return [min((value.amount or 0) * line.quantity, base) for line, base in zip(lines, seen, strict=True)]
    return split(min(value.amount or 0, sum(seen)), seen)


def _off_bxgy(discount: Discount, terms: Bxgy, lines: list[PricedLine]) -> list[int]:
    counts = _units_given(discount, terms, lines)
    return [_off_units(discount.value, line, count) for line, count in zip(lines, counts, strict=True)]


def _off_units(value: Value, line: PricedLine, count: int) -> int:
    if value.basis_points is not None:
        return half_up(line.price * count * value.basis_points, 10_000)
    return min((value.amount or 0) * count, line.price * count)


def _units_given(discount: Discount, terms: Bxgy, lines: list[PricedLine]) -> list[int]:
    """How many units of each line are got at the discount. The dearest count as bought, the cheapest as got.

    Rounds are taken one after another, so that a unit that was bought is never got as well."""
    free = [line.quantity for line in lines]
    given = [0] * len(lines)
    rounds = terms.uses_per_order or sum(free)
    by_price = sorted(range(len(lines)), key=lambda i: (-lines[i].price, i))
    buyable = [i for i in by_price if entitled(terms.buys, lines[i])]
    gettable = [i for i in reversed(by_price) if entitled(discount.items, lines[i])]
    for _ in range(rounds):
        taken = _take_round(terms, lines, (buyable, gettable), free)
        if taken is None:
            break
        for i, count in taken.items():
            given[i] += count
    return given


def _take_round(terms: Bxgy, lines: list[PricedLine], order: tuple[list[int], list[int]], free: list[int]) -> dict[int, int] | None:
    """One "buy X, get Y": lowers ``free`` and says what was got, or None (``free`` untouched) when not enough is left."""
    buyable, gettable = order
    left = list(free)
    only_bought = [i for i in buyable if i not in gettable] + [i for i in buyable if i in gettable]
    if terms.buy_amount is not None:
        bought = _take_amount(terms.buy_amount, lines, only_bought, left)
    else:
        bought = bool(_take_units(terms.buy_quantity or 0, only_bought, left))
    if not bought:
        return None
    got = _take_units(terms.get_quantity, gettable, left)
    if not got:
        return None
    free[:] = left
    return got


def _take_units(wanted: int, order: list[int], left: list[int]) -> dict[int, int]:
    taken: dict[int, int] = {}
    for i in order:
        count = min(wanted, left[i])
        if count:
            taken[i] = count
            left[i] -= count
            wanted -= count
    return taken if wanted == 0 else {}


def _take_amount(wanted: int, lines: list[PricedLine], order: list[int], left: list[int]) -> bool:
    for i in order:
        while wanted > 0 and left[i]:
            left[i] -= 1
            wanted -= lines[i].price
    return wanted <= 0
