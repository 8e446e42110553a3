"""Carts and offers as JSON on stdin → what django-oscar's applicator takes off, and how long it takes, as JSON on stdout.

Runs apart, with what requirements-oscar.txt lists on its path. Its database is SQLite in memory; products, ranges and offers are there
before the clock starts, and the basket is put back as it was between rounds.
"""

import json
import sys
import time
from decimal import Decimal
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

PARTS = ("analytics", "checkout", "address", "shipping", "catalogue", "catalogue.reviews", "communication", "partner", "basket", "payment",
         "offer", "order", "customer", "search", "voucher", "wishlists")
APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sites", "django.contrib.flatpages", "django.contrib.sessions",
        *(f"oscar.apps.{part}.apps.{''.join(word.title() for word in part.split('.'))}Config" for part in PARTS),
        "widget_tweaks", "haystack", "treebeard", "django_tables2"]


def begin() -> None:
    from oscar import defaults

    own = {name: getattr(defaults, name) for name in dir(defaults) if name.startswith("OSCAR")} | {"OSCAR_DEFAULT_CURRENCY": "EUR"}
    settings.configure(**own, INSTALLED_APPS=APPS, SITE_ID=1, SECRET_KEY="benchmark", USE_TZ=True,
                       DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
                       HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
                       DEFAULT_AUTO_FIELD="django.db.models.AutoField")
    django.setup()
    call_command("migrate", verbosity=0)


def measured(case: dict[str, Any]) -> dict[str, Any] | None:
    """None for an offer that cannot be said."""
    from oscar.apps.offer.applicator import Applicator

    if any(one.get("targets", one["products"]) != one["products"] or ("buy" in one and one.get("percent") != 100)
           for one in case["offers"]):
        return None
    basket = _basket(case)
    seconds = []
    for _ in range(case["rounds"]):
        basket.reset_offer_applications()
        begun = time.perf_counter()
        Applicator().apply(basket)
        seconds.append(time.perf_counter() - begun)
    return {"cents": float(basket.total_discount * 100), "seconds": seconds}


def _basket(case: dict[str, Any]) -> Any:  # noqa: ANN401 - its models have no types
    from oscar.apps.basket.models import Basket
    from oscar.apps.offer.models import ConditionalOffer
    from oscar.apps.partner.strategy import Default

    ConditionalOffer.objects.all().delete()
    known = {line["product"]: _product(line["price"]) for line in case["lines"]}
    for at, offer in enumerate(case["offers"]):
        _offer(at, offer, [known[one] for one in offer["products"] if one in known])
    basket = Basket.objects.create()
    basket.strategy = Default()
    for line in case["lines"]:
        basket.add_product(known[line["product"]], line["quantity"])
    return basket


def _product(price: int) -> Any:  # noqa: ANN401
    from oscar.apps.catalogue.models import Product, ProductClass
    from oscar.apps.partner.models import Partner, StockRecord

    kind, _ = ProductClass.objects.get_or_create(name="Goods", defaults={"track_stock": False})
    partner, _ = Partner.objects.get_or_create(name="Us")
    product = Product.objects.create(product_class=kind, title="Goods")
    StockRecord.objects.create(product=product, partner=partner, partner_sku=f"{product.pk}", price=Decimal(price) / 100,
                               price_currency="EUR", num_in_stock=10**6)
    return product


def _offer(at: int, offer: dict[str, Any], products: list[Any]) -> None:
    from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range

    goods = Range.objects.create(name=f"Range {at} {Range.objects.count()}")
    for product in products:
        goods.add_product(product)
    kind, value = ("Multibuy", None) if "buy" in offer else ("Percentage", offer["percent"]) if "percent" in offer else (
        "Fixed per product", Decimal(offer["amount"]) / 100)
    count = offer["buy"] + offer["get"] if "buy" in offer else 1
    condition = Condition.objects.create(range=goods, type=Condition.COUNT, value=count)
    kinds = {"Multibuy": Benefit.MULTIBUY, "Percentage": Benefit.PERCENTAGE, "Fixed per product": Benefit.FIXED_UNIT}
    benefit = Benefit.objects.create(range=goods, type=kinds[kind], value=value)
    ConditionalOffer.objects.create(name=f"Offer {at} {goods.pk}", condition=condition, benefit=benefit, priority=-at)


if __name__ == "__main__":
    begin()
    print(json.dumps([measured(one) for one in json.load(sys.stdin)]))
