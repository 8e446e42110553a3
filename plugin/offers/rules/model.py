"""What a merchant says about an offer, typed. Pure values; ``plain`` takes them to and from dicts, ``checks`` finds their faults.

One ``Offer`` serves every kind: which of its fields a kind uses is the table ``USES``. What both engines read is ``compiled``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from plugin.money import Money

Kind = Literal["kit", "mix", "tiers", "buy_get", "together", "upgrade", "complete", "gift", "shipping", "basket", "welcome"]
Worth = Literal["percent", "amount", "price", "free"]
Scope = Literal["all", "product", "line"]
Pick = Literal["cheapest", "dearest", "chosen"]
DiscountClass = Literal["product", "order", "shipping"]
Bundled = Literal["no", "draft", "active"]
Outcome = Literal["basket", "units", "friends", "again"]
"""What an offer is for: larger baskets, more units sold of its goods, more friends who buy, buyers who come again."""

KINDS: tuple[Kind, ...] = ("kit", "mix", "tiers", "buy_get", "together", "upgrade", "complete", "gift", "shipping", "basket", "welcome")

USES: dict[Kind, frozenset[str]] = {
    "kit": frozenset({"parts", "whole", "limit"}),
    "mix": frozenset({"parts", "whole", "limit", "pick"}),
    "tiers": frozenset({"goods", "steps", "scope"}),
    "buy_get": frozenset({"parts", "limit", "pick"}),
    "together": frozenset({"parts", "whole", "limit", "goods", "drawn"}),
    "upgrade": frozenset({"parts", "replaces"}),
    "complete": frozenset({"parts", "whole", "limit"}),
    "gift": frozenset({"parts"}),
    "shipping": frozenset({"benefit"}),
    "basket": frozenset({"goods", "benefit"}),
    "welcome": frozenset({"parts", "whole", "limit", "goods", "benefit"}),
}
"""A welcome is a bundle when it has parts, and a discount on the basket when it has a benefit; never both. What is bought together is
named as parts, or drawn from the shop's orders beside each of ``goods``; never both."""

OF_SETS = 10_000
"""Above every offer's number. The sets of one that is drawn are rules whose numbers are the offer's, and multiples of this more."""


@dataclass(frozen=True, slots=True)
class Benefit:
    """``percent`` (basis points), ``amount`` off, a fixed ``price``, or ``free``.

    ``amounts``: the first in the shop's own currency; then, where the merchant fixed one, the amount in other currencies. A
    part's benefit is a unit's; the benefit of the whole is that of one bundle.
    """

    worth: Worth
    basis_points: int = 0
    amounts: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class Goods:
    """Which goods are meant: any of what is named (or ``everything``), minus the exclusions. Ids are Shopify's digits.

    ``subscriptions``: goods bought by subscription count too. Gift cards never do.
    """

    everything: bool = False
    products: frozenset[str] = frozenset()
    variants: frozenset[str] = frozenset()
    collections: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    vendors: frozenset[str] = frozenset()
    not_products: frozenset[str] = frozenset()
    not_variants: frozenset[str] = frozenset()
    not_collections: frozenset[str] = frozenset()
    not_tags: frozenset[str] = frozenset()
    subscriptions: bool = False

    @property
    def named(self) -> bool:
        """Does it name any goods at all?"""
        return self.everything or bool(self.products or self.variants or self.collections or self.tags or self.vendors)


EVERYTHING = Goods(everything=True, subscriptions=True)


@dataclass(frozen=True, slots=True)
class Part:
    """``count`` units of ``goods``. ``benefit`` None: they are needed, and paid in full."""

    goods: Goods
    count: int = 1
    benefit: Benefit | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """From ``least`` units on, every unit has ``benefit``."""

    least: int
    benefit: Benefit


@dataclass(frozen=True, slots=True)
class Basket:
    """What must be in the cart besides: at least ``quantity`` units and ``amounts`` worth of ``goods``; zero or empty asks nothing."""

    goods: Goods = EVERYTHING
    quantity: int = 0
    amounts: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``times`` in ``days`` days for one shopper."""

    times: int
    days: int


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom. Each field asks for any of its values; an empty one asks nothing; all fields must hold.

    ``referred``: True only friends with a referral, False only shoppers without one. ``campaigns``: a partner's, by their ids.
    """

    countries: frozenset[str] = frozenset()
    currencies: frozenset[str] = frozenset()
    markets: frozenset[str] = frozenset()
    customer_tags: frozenset[str] = frozenset()
    not_customer_tags: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    campaigns: frozenset[str] = frozenset()
    referred: bool | None = None
    cap: Cap | None = None
    holdout_bp: int = 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """Wall-clock times of the shop, without a zone. ``starts`` is the first moment, ``ends`` the first one after."""

    starts: datetime | None = None
    ends: datetime | None = None

    @property
    def last_day(self) -> date | None:
        return (self.ends - timedelta(microseconds=1)).date() if self.ends else None

    def is_open(self, local: datetime) -> bool:
        return (self.starts is None or self.starts <= local) and (self.ends is None or local < self.ends)


@dataclass(frozen=True, slots=True)
class Offer:
    """A merchant's offer. ``number`` is small, positive and unique in the shop; line marks and configurations name it.

    ``limit``: most bundles in one cart, 0 none. ``stacks``: may use goods that other offers use. ``marked``: only lines that
    the shopper added from the offer itself. ``replaces``: for an upgrade, what the better product stands in for. ``outcome``: what it is
    measured by; without one it cannot be switched on. ``combines``: classes of other discounts that may stand beside it.
    ``code``: who enters it gets the offer, as a discount of its own; empty: everybody for whom it is.
    ``drawn``: so many companions are drawn from the shop's orders for each page (``rules.drawing``); 0: the parts are named.
    ``native``: one of Shopify's own discounts carries it wherever that says exactly the same (``rules.native``).
    ``bundled``: it is sold as one product of its own as well (``rules.bundling``), on sale at once, or when the merchant puts it there.
    """

    id: UUID
    number: int
    kind: Kind
    title: str
    parts: tuple[Part, ...] = ()
    whole: Benefit | None = None
    goods: Goods = EVERYTHING
    steps: tuple[Step, ...] = ()
    scope: Scope = "all"
    benefit: Benefit | None = None
    replaces: frozenset[str] = frozenset()
    limit: int = 0
    pick: Pick = "dearest"
    marked: bool = False
    basket: Basket = field(default_factory=Basket)
    audience: Audience = field(default_factory=Audience)
    schedule: Schedule = field(default_factory=Schedule)
    priority: int = 0
    stacks: bool = False
    outcome: Outcome | None = None
    combines: frozenset[DiscountClass] = frozenset({"order", "shipping"})
    native: bool = False
    bundled: Bundled = "no"
    code: str = ""
    drawn: int = 0

    @property
    def recommends(self) -> bool:
        """Is it only shown, and nothing taken off?"""
        return bool(self.drawn) and self.whole is None

    @property
    def asks_proof(self) -> bool:
        """Must a cart prove who sent the shopper, or that nobody did?"""
        return self.kind == "welcome" or self.audience.referred is not None or bool(self.audience.campaigns)

    @property
    def collections(self) -> frozenset[str]:
        """Those that it depends on."""
        goods = (*(part.goods for part in self.parts), self.goods, self.basket.goods)
        return frozenset().union(*(one.collections | one.not_collections for one in goods))

    @property
    def own_class(self) -> DiscountClass:
        """The class of discount that it is at Shopify."""
        if self.kind == "shipping":
            return "shipping"
        return "order" if self.benefit is not None and self.kind in ("basket", "welcome") else "product"
