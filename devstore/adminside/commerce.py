"""Orders, products, customers and discounts as the merchant sees and changes them."""

from decimal import Decimal, InvalidOperation

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from devstore import gid
from devstore.adminside.shell import back, shop_of, view
from devstore.app import services
from devstore.currency import digits, parse
from devstore.state import stocking
from devstore.state.crediting import Credit
from devstore.state.discounts import Discount
from devstore.state.editing import Edit, EditRefused
from devstore.state.orders import Order
from devstore.state.refunding import RefundRefused, RefundRequest
from devstore.state.shops import Shop
from devstore.state.store import Unknown

admin_commerce = Blueprint("admin_commerce", __name__, url_prefix="/_admin/store/<handle>", template_folder="templates")
SHOWN = 100


def order_of(shop: Shop, number: int) -> Order:
    if number not in shop.orders:
        raise Unknown(f"{shop.name} has no order {number}.")
    return shop.orders[number]


@admin_commerce.get("/orders")
def orders(handle: str) -> str:
    shop = shop_of(handle)
    listed = sorted(shop.orders.values(), key=lambda one: one.number, reverse=True)
    return view("orders.html", shop, "Orders", orders=listed[:SHOWN], count=len(listed))


@admin_commerce.get("/orders/<int:number>")
def order(handle: str, number: int) -> str:
    shop = shop_of(handle)
    one = order_of(shop, number)
    effects = [
        entry for entry in services().store.effects.read(shop=shop.handle) if str(one.id) in (entry.get("order"), entry.get("order_id"))
    ]
    customer = shop.customers.get(one.customer_id or 0)
    variants = [(shop.products[each.product_id].title, each) for each in shop.variants.values()][:SHOWN]
    return view("order.html", shop, f"Order {one.name}", order=one, customer=customer, variants=variants, effects=effects)


@admin_commerce.post("/orders/<int:number>/refund")
def refund(handle: str, number: int) -> AnyResponse:
    """Quantities by line, shipping, and (optional) another amount than they are worth."""
    shop = shop_of(handle)
    one = order_of(shop, number)
    try:
        lines = {line.id: request.form.get(f"line-{line.id}", 0, type=int) for line in one.lines}
        shipping = _amount(shop, "shipping") or 0
        wanted = RefundRequest(lines, shipping, _amount(shop, "amount"), request.form.get("note") or None, _restock())
        made = services().store.refund(shop, one, wanted)
    except (RefundRefused, ValueError) as refused:
        return back(shop, f"/orders/{number}", str(refused))
    return back(shop, f"/orders/{number}", f"Refunded {made.amount / 10 ** digits(shop.currency):.2f} {shop.currency}.")


def _restock() -> str:
    return "return" if "restock" in request.form else "no_restock"


def _amount(shop: Shop, name: str) -> int | None:
    """A decimal field as minor units; None when it is empty. Raises ValueError."""
    said = request.form.get(name, "").strip().replace(",", ".")
    return parse(said, shop.currency) if said else None


@admin_commerce.post("/orders/<int:number>/cancel")
def cancel(handle: str, number: int) -> AnyResponse:
    shop = shop_of(handle)
    one = order_of(shop, number)
    if one.cancelled_at:
        return back(shop, f"/orders/{number}", "It is cancelled already.")
    services().store.cancel(shop, one, reason=request.form.get("reason", "customer"), refund="refund" in request.form)
    return back(shop, f"/orders/{number}", "The order was cancelled.")


@admin_commerce.post("/orders/<int:number>/edit")
def edit(handle: str, number: int) -> AnyResponse:
    shop = shop_of(handle)
    one = order_of(shop, number)
    wanted = {line.id: request.form.get(f"line-{line.id}", line.current_quantity, type=int) for line in one.lines}
    fewer = {line.id: wanted[line.id] for line in one.lines if wanted[line.id] != line.current_quantity}
    variant = request.form.get("variant", 0, type=int)
    more = {variant: request.form.get("quantity", 1, type=int)} if variant else {}
    try:
        services().store.edit(shop, one, Edit(fewer, more, request.form.get("note", "")))
    except EditRefused as refused:
        return back(shop, f"/orders/{number}", str(refused))
    return back(shop, f"/orders/{number}", "The order was edited.")


@admin_commerce.post("/orders/<int:number>/pay")
def pay(handle: str, number: int) -> AnyResponse:
    shop = shop_of(handle)
    services().store.pay(shop, order_of(shop, number))
    return back(shop, f"/orders/{number}", "The order was marked as paid.")


@admin_commerce.get("/products")
def products(handle: str) -> str:
    shop = shop_of(handle)
    asked = request.args.get("q", "").casefold()
    found = [one for one in shop.products.values() if asked in one.title.casefold()]
    return view("products.html", shop, "Products", products=found[:SHOWN], count=len(found), asked=asked)


@admin_commerce.get("/products/<int:number>")
def one_product(handle: str, number: int) -> str:
    """A product has no page of its own here: the list with it alone."""
    shop = shop_of(handle)
    found = [one for one in shop.products.values() if one.id == number]
    return view("products.html", shop, "Products", products=found, count=len(found), asked="")


@admin_commerce.get("/products.json")
def products_json(handle: str) -> Response:
    """For the resource picker of the App Bridge stand-in."""
    shop = shop_of(handle)
    told = [
        {
            "id": gid.make("Product", one.id),
            "title": one.title,
            "handle": one.handle,
            "variants": [{"id": gid.make("ProductVariant", each.id), "title": each.title} for each in one.variants],
        }
        for one in shop.products.values()
    ]
    return jsonify(told)


@admin_commerce.get("/customers")
def customers(handle: str) -> str:
    shop = shop_of(handle)
    listed = sorted(shop.customers.values(), key=lambda one: one.id, reverse=True)
    return view("customers.html", shop, "Customers", customers=listed[:SHOWN], count=len(listed))


@admin_commerce.get("/customers/<int:number>")
def customer(handle: str, number: int) -> str:
    shop = shop_of(handle)
    if number not in shop.customers:
        raise Unknown(f"{shop.name} has no customer {number}.")
    one = shop.customers[number]
    bought = [shop.orders[each] for each in reversed(one.orders)]
    return view("customer.html", shop, one.email or f"Customer {one.id}", customer=one, orders=bought)


@admin_commerce.post("/customers/<int:number>/tags")
def tag(handle: str, number: int) -> AnyResponse:
    """Those that are typed, with commas, are all that the customer has now."""
    shop = shop_of(handle)
    if number not in shop.customers:
        raise Unknown(f"{shop.name} has no customer {number}.")
    tags = list(dict.fromkeys(one.strip() for one in request.form.get("tags", "").split(",") if one.strip()))
    with services().store.action():
        stocking.tag_customer(services().store, shop, shop.customers[number], tags)
    return back(shop, f"/customers/{number}", "The tags are saved.")


@admin_commerce.post("/customers/<int:number>/credit")
def credit(handle: str, number: int) -> AnyResponse:
    """Store credit given by the merchant, not by the app."""
    shop = shop_of(handle)
    try:
        amount = _amount(shop, "amount")
    except (ValueError, InvalidOperation):
        amount = None
    if not amount or amount < 0 or number not in shop.customers:
        return back(shop, f"/customers/{number}", "Enter an amount.")
    services().store.credit(shop, shop.customers[number], Credit(amount, shop.currency))
    return back(shop, f"/customers/{number}", "The credit was given.")


@admin_commerce.get("/discounts")
def discounts(handle: str) -> str:
    shop = shop_of(handle)
    listed = [one for one in shop.discounts.values() if not one.deleted]
    now = services().store.clock.now()
    rows = [(one, worth(shop, one), one.status(now)) for one in reversed(listed)]
    return view("discounts.html", shop, "Discounts", rows=rows[:SHOWN], count=len(listed))


@admin_commerce.get("/discounts/<int:number>")
def discount(handle: str, number: int) -> str:
    shop = shop_of(handle)
    if number not in shop.discounts:
        raise Unknown(f"{shop.name} has no discount {number}.")
    one = shop.discounts[number]
    codes = [shop.codes[each] for each in reversed(one.codes) if each in shop.codes]
    status = one.status(services().store.clock.now())
    return view(
        "discount.html", shop, one.title, discount=one, worth=worth(shop, one), status=status, codes=codes[:SHOWN], count=len(codes)
    )


def worth(shop: Shop, one: Discount) -> str:
    """What it takes off, in words."""
    if one.kind == "free_shipping":
        return "Free shipping"
    if one.value.basis_points is not None:
        share = (
            f"{Decimal(one.value.basis_points) / 100:f}".rstrip("0").rstrip(".")
            if one.value.basis_points % 100
            else str(one.value.basis_points // 100)
        )
        text = f"{share} % off"
    else:
        text = f"{Decimal(one.value.amount or 0).scaleb(-digits(shop.currency))} {shop.currency} off"
    return text + (f" {one.bxgy.get_quantity} item, with another bought" if one.bxgy else "")
