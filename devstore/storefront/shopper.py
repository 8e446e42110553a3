"""Who is looking at which store: the cookies of one request, read once."""

import hashlib
import secrets
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import cast

from flask import Blueprint, Request, Response, g, make_response, redirect, request
from itsdangerous import BadSignature, URLSafeSerializer

from devstore.app import services
from devstore.currency import convert
from devstore.state.carts import Buyer, Cart
from devstore.state.people import Customer
from devstore.state.shops import Shop
from devstore.state.store import Store
from devstore.storefront.hosts import LANGUAGES
from devstore.theme.money import MoneyFormat, hundredths, money_format

CART, CUSTOMER, CURRENCY, CODE, LANDING, REFERRER = "cart", "_customer", "cart_currency", "discount_code", "_landing_page", "_orig_referrer"
HOME = "_home"
_WEEKS_2 = 14 * 86_400


@dataclass
class Shopper:
    """One visitor of one store. `root` is "" or the language's path prefix."""

    store: Store
    shop: Shop
    request: Request

    @property
    def language(self) -> str:
        """The path's language, else the store's own if the theme speaks it."""
        asked = self.request.environ.get("devstore.language")
        own = self.shop.locale if self.shop.locale in LANGUAGES else LANGUAGES[0]
        return asked or own

    @property
    def root(self) -> str:
        return "" if self.language == self.shop.locale else f"/{self.language}"

    @property
    def path(self) -> str:
        return cast(str, self.request.environ.get("devstore.path", "/"))

    @property
    def host(self) -> str:
        return self.request.host

    @property
    def currency(self) -> str:
        """What prices are shown in: the visitor's choice if the shop sells in it."""
        chosen = self.request.cookies.get(CURRENCY, "")
        return chosen if chosen in self.shop.rates else self.shop.currency

    @property
    def money(self) -> MoneyFormat:
        return money_format(self.currency)

    def shown(self, minor: int) -> int:
        """Minor units of the shop's currency as Liquid's hundredths of the shown one."""
        if self.currency != self.shop.currency:
            minor = convert(minor, self.shop.currency, self.currency, Decimal(self.shop.rates[self.currency]))
        return hundredths(minor, self.currency)

    def url(self, path: str) -> str:
        return f"{self.root}{path}"

    @cached_property
    def home(self) -> str:
        return self.request.cookies.get(HOME) or secrets.token_hex(8)

    @property
    def address(self) -> str:
        """The network address this visitor comes from. Everybody at this machine would share one, so each browser profile
        gets its own, from the range for carriers (RFC 6598); whoever sends X-Forwarded-For chooses."""
        told = self.request.headers.get("X-Forwarded-For", "").split(",")[0].strip()
        a, b, c = hashlib.sha256(self.home.encode()).digest()[:3]
        return told or f"100.{64 + a % 64}.{b}.{c}"

    @cached_property
    def customer(self) -> Customer | None:
        number = read_signed(self.store, self.shop, self.request.cookies.get(CUSTOMER, ""))
        return self.shop.customers.get(number) if number else None

    @cached_property
    def cart(self) -> Cart:
        """The visitor's cart; a new one is not kept until something is put into it (`keep`)."""
        found = self.shop.carts.get(self.request.cookies.get(CART, ""))
        return found or Cart(
            token=secrets.token_hex(16),
            landing_site=self.request.cookies.get(LANDING),
            referring_site=self.request.cookies.get(REFERRER) or None,
        )

    def keep(self) -> Cart:
        """The cart, held by the shop from now on, with the code of a followed discount link."""
        cart = self.cart
        cart.currency = self.currency
        code = self.request.cookies.get(CODE)
        if code and cart.token not in self.shop.carts:
            cart.codes = [code]
        self.shop.carts[cart.token] = cart
        return cart

    @property
    def buyer(self) -> Buyer | None:
        """For prices in the cart: automatic discounts may be for certain customers."""
        return Buyer(customer_id=self.customer.id, email=self.customer.email) if self.customer else None

    def remember_redirect(self, target: str) -> Response:
        return self.remember(make_response(redirect(target, 303)))

    def remember(self, answer: Response) -> Response:
        """Set the cookies that this answer leaves behind."""
        if self.cart.token in self.shop.carts and self.request.cookies.get(CART) != self.cart.token:
            answer.set_cookie(CART, self.cart.token, max_age=_WEEKS_2, samesite="Lax")
        if HOME not in self.request.cookies:
            answer.set_cookie(HOME, self.home, max_age=_WEEKS_2, samesite="Lax")
        if LANDING not in self.request.cookies and answer.mimetype == "text/html":
            answer.set_cookie(LANDING, self.request.full_path.removeprefix(f"/_store/{self.shop.handle}").rstrip("?"), max_age=_WEEKS_2)
            answer.set_cookie(REFERRER, self.request.referrer or "", max_age=_WEEKS_2)
        return answer


def shopper() -> Shopper:
    """The visitor of the current request. Raises `state.store.Unknown` for a store that is not there."""
    if "shopper" not in g:
        store = services().store
        g.shopper = Shopper(store, store.shop(g.handle), request)
    return cast(Shopper, g.shopper)


def store_blueprint(name: str, template_folder: str | None = None) -> Blueprint:
    """A blueprint of pages inside a store: its views find the store through `shopper()` and take no handle."""
    made = Blueprint(name, "devstore", url_prefix="/_store/<handle>", template_folder=template_folder)
    made.url_value_preprocessor(_take_handle)
    return made


def _take_handle(_endpoint: str | None, values: dict[str, object] | None) -> None:
    g.handle = (values or {}).pop("handle", "")


def sign(store: Store, shop: Shop, number: int) -> str:
    return _signer(store, shop).dumps(number)


def read_signed(store: Store, shop: Shop, text: str) -> int | None:
    try:
        number = _signer(store, shop).loads(text)
    except BadSignature:
        return None
    return number if isinstance(number, int) else None


def _signer(store: Store, shop: Shop) -> URLSafeSerializer:
    return URLSafeSerializer(store.settings.app.secret, salt=f"customer of {shop.domain}")
