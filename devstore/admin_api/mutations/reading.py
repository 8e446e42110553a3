"""From discount inputs to state: what they may say, and Shopify's errors when they do not."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from devstore import gid
from devstore.admin_api.mutations.problems import Problem
from devstore.currency import digits, half_up, text
from devstore.state.discounts import Bxgy, Discount, Items, Value
from devstore.state.shops import Shop

Input = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one input object; ``root`` is the argument's name, which begins every error's ``field``."""

    shop: Shop
    root: str
    given: Input

    def problem(self, path: str, message: str, code: str) -> Problem:
        return Problem([self.root, *path.split(".")], message, code)

    def amount(self, value: Decimal, path: str) -> int:
        """Minor units. Raises for too many decimals, zero or less."""
        scaled = value.scaleb(digits(self.shop.currency))
        if scaled != scaled.to_integral_value():
            raise self.problem(path, f"Amount has more decimals than {self.shop.currency} allows", "INVALID")
        if scaled <= 0:
            raise self.problem(path, "Value must be greater than 0", "GREATER_THAN")
        return int(scaled)

    def fraction(self, value: float, path: str) -> int:
        """Basis points of a fraction above 0 and at most 1."""
        exact = Decimal(str(value))
        if not 0 < exact <= 1:
            raise self.problem(path, "Value must be between 0.0 and 1.0", "VALUE_OUTSIDE_RANGE")
        return half_up(int(exact.scaleb(8)), 10**4)

    def ids(self, given: list[str] | None, kind: str, path: str) -> list[int]:
        known: Any = {"Product": self.shop.products, "ProductVariant": self.shop.variants, "Customer": self.shop.customers}.get(kind)
        numbers = []
        for one in given or []:
            number = gid.read(one, kind)
            if number is None or (known is not None and number not in known):
                raise self.problem(path, f"{kind} with id: {gid.read(one) or one} is invalid", "INVALID")
            numbers.append(number)
        return numbers


def read_common(reader: Reader, discount: Discount) -> None:
    """Title, dates, combination, buyers, limits, minimum. Only what is given changes."""
    given = reader.given
    if "title" in given:
        discount.title = (given["title"] or "").strip()
    if not discount.title:
        raise reader.problem("title", "Title can't be blank", "BLANK")
    discount.starts_at = given.get("startsAt") or discount.starts_at
    if "endsAt" in given:
        discount.ends_at = given["endsAt"]
    _check_dates(reader, discount.starts_at, discount.ends_at)
    if given.get("combinesWith") is not None:
        discount.combines = [name for name in ("order", "product", "shipping") if given["combinesWith"].get(f"{name}Discounts")]
    if given.get("context") is not None:
        discount.customers = _customers(reader, given["context"])
    if "tags" in given:
        discount.tags = list(given["tags"] or [])


def _check_dates(reader: Reader, starts: datetime, ends: datetime | None) -> None:
    if ends is not None and ends <= starts:
        raise reader.problem("endsAt", "Ends at needs to be after starts_at", "END_DATE_BEFORE_START_DATE")


def _customers(reader: Reader, context: Input) -> list[int] | None:
    if "customers" in context:
        return reader.ids(context["customers"].get("add"), "Customer", "context.customers.add")
    if "all" in context:
        return None
    raise reader.problem("context", "devstore knows no segments and no markets", "INVALID")


def read_code_limits(reader: Reader, discount: Discount) -> None:
    given = reader.given
    if "usageLimit" in given:
        if given["usageLimit"] is not None and given["usageLimit"] < 1:
            raise reader.problem("usageLimit", "Usage limit must be greater than 0", "GREATER_THAN")
        discount.usage_limit = given["usageLimit"]
    if given.get("appliesOncePerCustomer") is not None:
        discount.once_per_customer = given["appliesOncePerCustomer"]
    read_minimum(reader, discount)


def read_minimum(reader: Reader, discount: Discount) -> None:
    if reader.given.get("minimumRequirement") is not None:
        _minimum(reader, discount, reader.given["minimumRequirement"])


def _minimum(reader: Reader, discount: Discount, given: Input) -> None:
    subtotal, quantity = given.get("subtotal"), given.get("quantity")
    if subtotal and quantity:
        both = "Minimum subtotal and minimum quantity cannot both be present"
        raise reader.problem("minimumRequirement", both, "MINIMUM_SUBTOTAL_AND_QUANTITY_RANGE_BOTH_PRESENT")
    if subtotal is not None:
        wanted = subtotal.get("greaterThanOrEqualToSubtotal")
        path = "minimumRequirement.subtotal.greaterThanOrEqualToSubtotal"
        discount.minimum_subtotal = None if wanted is None else reader.amount(wanted, path)
    if quantity is not None:
        discount.minimum_quantity = quantity.get("greaterThanOrEqualToQuantity")


def read_items(reader: Reader, given: Input, path: str, before: Items | None = None) -> Items:
    """What stood ``before``, without what is removed and with what is added; all goods, or another sort of goods, take its place."""
    if given.get("all"):
        return Items(all=True)
    products, collections, old = given.get("products") or {}, given.get("collections") or {}, before or Items()

    def ids(told: Input, stood: list[int], kind: str, name: str) -> list[int]:
        added = reader.ids(told.get(f"{name}ToAdd" if name != "add" else "add"), kind, f"{path}.{name}")
        gone = reader.ids(told.get(f"{name}ToRemove" if name != "add" else "remove"), kind, f"{path}.{name}")
        return [*(one for one in stood if one not in gone and one not in added), *added]

    items = Items(all=False, products=ids(products, old.products, "Product", "products"),
                  variants=ids(products, old.variants, "ProductVariant", "productVariants"),
                  collections=ids(collections, old.collections, "Collection", "add"))
    if not (items.products or items.variants or items.collections):
        raise reader.problem(path, "Items in 'customer get' must be defined", "BLANK")
    return items


def read_basic(reader: Reader, discount: Discount) -> None:
    """``customerGets`` of an amount or percentage off."""
    gets = reader.given.get("customerGets")
    if gets is None:
        return
    value = gets.get("value") or {}
    if len([one for one in value.values() if one is not None]) != 1:
        raise reader.problem("customerGets.value", "A discount value must be either a percentage or an amount", "INVALID")
    if gets.get("items") is not None:
        discount.items = read_items(reader, gets["items"], "customerGets.items", discount.items)
    if value.get("percentage") is not None:
        discount.value = Value(basis_points=reader.fraction(value["percentage"], "customerGets.value.percentage"))
    elif value.get("discountAmount") is not None:
        discount.value = _amount_off(reader, discount, value["discountAmount"])
    else:
        raise reader.problem("customerGets.value.discountOnQuantity", "Only bxgy discounts can use discountOnQuantity", "INVALID")
    discount.summary = _summary(reader.shop, discount)


def _amount_off(reader: Reader, discount: Discount, given: Input) -> Value:
    if given.get("amount") is None:
        raise reader.problem("customerGets.value.discountAmount.amount", "Amount can't be blank", "BLANK")
    amount = reader.amount(given["amount"], "customerGets.value.discountAmount.amount")
    return Value(amount=amount, each=bool(given.get("appliesOnEachItem")) and not discount.items.all)


def _summary(shop: Shop, discount: Discount) -> str:
    value = discount.value
    shown = (
        f"{Decimal(value.basis_points) / 100:g}%"
        if value.basis_points is not None
        else f"{text(value.amount or 0, shop.currency)} {shop.currency}"
    )
    return f"{shown} off {'entire order' if discount.items.all else 'selected items'}"


def read_free_shipping(reader: Reader, discount: Discount) -> None:
    given = reader.given
    if given.get("maximumShippingPrice") is not None:
        discount.maximum_shipping = reader.amount(given["maximumShippingPrice"], "maximumShippingPrice")
    countries = (given.get("destination") or {}).get("countries")
    if countries is not None:
        discount.countries = None if countries.get("includeRestOfWorld") else list(countries.get("add") or [])
    discount.summary = "Free shipping"


def read_bxgy(reader: Reader, discount: Discount) -> None:
    """Both sides are needed when it is made; on update, only what is given changes."""
    gets, buys = reader.given.get("customerGets"), reader.given.get("customerBuys")
    if discount.bxgy is None and (gets is None or buys is None):
        raise reader.problem("customerBuys" if buys is None else "customerGets", "can't be blank", "BLANK")
    terms = discount.bxgy or Bxgy(Items(), 1)
    if buys is not None:
        _read_buys(reader, terms, buys)
    if gets is not None:
        _read_gets(reader, discount, terms, gets)
    if "usesPerOrderLimit" in reader.given:
        terms.uses_per_order = reader.given["usesPerOrderLimit"]
    discount.bxgy = terms
    discount.summary = f"Buy {terms.buy_quantity or 'for an amount'}, get {terms.get_quantity} off"


def _read_buys(reader: Reader, terms: Bxgy, given: Input) -> None:
    value = given.get("value") or {}
    if (value.get("quantity") is None) == (value.get("amount") is None):
        raise reader.problem("customerBuys.value", "Name a quantity or an amount", "INVALID")
    if (given.get("items") or {}).get("all"):
        raise reader.problem("customerBuys.items", "Buy X get Y discounts cannot be about all items", "INVALID")
    terms.buys = read_items(reader, given.get("items") or {}, "customerBuys.items", terms.buys)
    terms.buy_quantity = value.get("quantity")
    terms.buy_amount = None if value.get("amount") is None else reader.amount(value["amount"], "customerBuys.value.amount")


def _read_gets(reader: Reader, discount: Discount, terms: Bxgy, given: Input) -> None:
    offer = (given.get("value") or {}).get("discountOnQuantity")
    if offer is None or not offer.get("quantity"):
        raise reader.problem("customerGets.value.discountOnQuantity.quantity", "Quantity can't be blank", "BLANK")
    if (given.get("items") or {}).get("all"):
        raise reader.problem("customerGets.items", "Buy X get Y discounts cannot be about all items", "INVALID")
    discount.items = read_items(reader, given.get("items") or {}, "customerGets.items", discount.items)
    terms.get_quantity = offer["quantity"]
    effect, path = offer.get("effect") or {}, "customerGets.value.discountOnQuantity.effect"
    if effect.get("percentage") is not None:
        discount.value = Value(basis_points=reader.fraction(effect["percentage"], f"{path}.percentage"))
    elif effect.get("amount") is not None:
        discount.value = Value(amount=reader.amount(effect["amount"], f"{path}.amount"), each=True)
    else:
        raise reader.problem(path, "Effect can't be blank", "BLANK")
