"""The shops of a fresh devstore: north (GBP), south (EUR), tokyo (JPY)."""

from dataclasses import dataclass, replace

from devstore.state.markets import open_market
from devstore.state.shops import ALL, NOWHERE, ShippingRate, Shop
from devstore.state.stocking import NewProduct, NewVariant
from devstore.state.store import Store


@dataclass(frozen=True, slots=True)
class NewShop:
    """``rates``: presentment currencies and how many of them one unit of the shop's currency buys. ``bare``: nothing of the app stands
    in it until the merchant places it."""

    handle: str
    name: str
    currency: str
    country_code: str = "GB"
    country: str = "United Kingdom"
    timezone: str = "Europe/London"
    locale: str = "en"
    plan: str = "basic"
    tax_title: str = "VAT"
    tax_ppm: int = 200_000
    taxes_included: bool = True
    shipping: int = 499
    rates: tuple[tuple[str, str], ...] = ()
    bare: bool = False


SHOPS = (
    NewShop("north", "North Lights", "GBP", rates=(("EUR", "1.17"), ("USD", "1.31"), ("JPY", "187.4"))),
    NewShop("south", "Südwind", "EUR", "DE", "Germany", "Europe/Berlin", "de", tax_title="MwSt", tax_ppm=190_000, shipping=590),
    NewShop("tokyo", "Tokyo Paper", "JPY", "JP", "Japan", "Asia/Tokyo", "en", tax_title="CT", tax_ppm=100_000, shipping=800),
)
GOODS = (
    ("Enamel mug", 1450, 520, "Kitchen"),
    ("Linen tea towel", 950, 310, "Kitchen"),
    ("Oak serving board", 3900, 1680, "Kitchen"),
    ("Beeswax candle", 1200, 400, "Home"),
    ("Wool throw", 8900, 4100, "Home"),
    ("Stoneware vase", 4200, 1750, "Home"),
    ("Pocket notebook", 650, 180, "Paper"),
    ("Brass pen", 2800, 1150, "Paper"),
)


def new_shop(store: Store, wanted: NewShop) -> Shop:
    """A shop without goods. Raises ValueError when the handle is taken."""
    if wanted.handle in store.shops:
        raise ValueError(f"There is a shop {wanted.handle} already.")
    now = store.clock.now()
    domain = f"{wanted.handle}.myshopify.com"
    shop = Shop(store.next_id(), wanted.handle, domain, wanted.name, f"owner@{wanted.handle}.example", wanted.currency, now, now)
    shop.country_code, shop.country, shop.timezone, shop.locale = wanted.country_code, wanted.country, wanted.timezone, wanted.locale
    shop.plan, shop.tax_title, shop.tax_ppm, shop.taxes_included = wanted.plan, wanted.tax_title, wanted.tax_ppm, wanted.taxes_included
    shop.rates = dict(wanted.rates)
    open_market(shop, wanted.country, [wanted.country_code])
    if wanted.shipping:
        shop.shipping_rates = [ShippingRate("standard", "Standard", wanted.shipping)]
    if wanted.bare:
        shop.block_settings[ALL] = dict(NOWHERE)
    store.shops[shop.handle] = shop
    return shop


def seed(store: Store) -> None:
    for wanted in SHOPS:
        shop = new_shop(store, replace(wanted, bare=store.settings.bare))
        for title, price, cost, kind in GOODS:
            store.new_product(shop, _product(wanted, title, (price, cost), kind))


def _product(wanted: NewShop, title: str, money: tuple[int, int], kind: str) -> NewProduct:
    """Prices are in hundredths above; a yen has none, and buys about as much as a penny."""
    price, cost = money
    variant = NewVariant(price, cost=cost, sku=f"{wanted.handle[:1].upper()}-{title[:3].upper()}")
    return NewProduct(title, [variant], vendor=wanted.name, kind=kind, html=f"<p>{title}, made to last.</p>", image=_picture(title))


def _picture(title: str) -> str:
    return f"/_cdn/products/{title.lower().replace(' ', '-')}.svg"
