"""State as the control API shows it."""

from typing import Any

from devstore.clock import iso
from devstore.state.discounts import RedeemCode
from devstore.state.orders import Order
from devstore.state.people import Customer
from devstore.state.products import Product
from devstore.state.shops import Shop

Shown = dict[str, Any]


def shop_shown(shop: Shop) -> Shown:
    counts = {"products": len(shop.products), "customers": len(shop.customers), "orders": len(shop.orders), "codes": len(shop.codes)}
    return {
        "id": str(shop.id),
        "handle": shop.handle,
        "domain": shop.domain,
        "name": shop.name,
        "currency": shop.currency,
        "plan": shop.plan,
        "state": shop.state,
        "installed": shop.installation is not None,
        "scopes": shop.installation.scopes if shop.installation else [],
        **counts,
    }


def product_shown(product: Product) -> Shown:
    variants = [
        {"id": str(one.id), "title": one.title, "price": one.price, "cost": one.cost, "stock": one.stock} for one in product.variants
    ]
    return {"id": str(product.id), "title": product.title, "handle": product.handle, "status": product.status, "variants": variants}


def customer_shown(customer: Customer) -> Shown:
    return {
        "id": str(customer.id),
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "tags": list(customer.tags),
        "orders": [str(one) for one in customer.orders],
        "accounts": [{"id": str(one.id), "currency": one.currency, "balance": one.balance} for one in customer.accounts],
    }


def order_shown(shop: Shop, order: Order) -> Shown:
    return {
        "id": str(order.id),
        "shop": shop.handle,
        "name": order.name,
        "token": order.token,
        "currency": order.currency,
        "customer_id": str(order.customer_id) if order.customer_id else None,
        "email": order.email,
        "financial_status": order.financial_status,
        "created_at": iso(order.created_at),
        "updated_at": iso(order.updated_at),
        "cancelled_at": iso(order.cancelled_at) if order.cancelled_at else None,
        "codes": list(order.codes),
        "attributes": dict(order.attributes),
        "risk": order.risk,
        **_money(order),
        "lines": [_line(order, at) for at in range(len(order.lines))],
        "discounts": [{"kind": one.kind, "title": one.title, "code": one.code, "type": one.target_type} for one in order.applications],
        "refunds": [{"id": str(one.id), "amount": one.amount, "shipping": one.shipping} for one in order.refunds],
    }


def _money(order: Order) -> Shown:
    return {
        "subtotal": order.subtotal,
        "shipping": order.shipping,
        "tax": order.tax,
        "total": order.total,
        "discounts_total": order.discounts,
        "current_subtotal": order.current_subtotal,
        "current_total": order.current_total,
        "outstanding": order.outstanding,
        "refunded": order.refunded,
        "transactions": [{"kind": one.kind, "gateway": one.gateway, "amount": one.amount} for one in order.transactions],
    }


def _line(order: Order, at: int) -> Shown:
    line = order.lines[at]
    return {
        "id": str(line.id),
        "variant_id": str(line.variant_id) if line.variant_id else None,
        "product_id": str(line.product_id) if line.product_id else None,
        "title": line.title,
        "quantity": line.quantity,
        "current_quantity": line.current_quantity,
        "price": line.price,
        "discounted": line.discounted,
        "allocations": [[one.application, one.amount] for one in line.allocations],
    }


def code_shown(shop: Shop, code: RedeemCode) -> Shown:
    """``amount`` is what a code of a fixed amount takes off, None for others."""
    discount = shop.discounts[code.discount_id]
    facts = {"id": str(code.id), "code": code.code, "shop": shop.handle, "used": code.used, "orders": [str(one) for one in code.orders]}
    about = {"discount": str(discount.id), "title": discount.title, "amount": discount.value.amount, "usage_limit": discount.usage_limit}
    return facts | about | {"by_app": code.by_app}
