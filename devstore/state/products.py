"""Products, variants, their costs and stock."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Variant:
    """``tracked``: its stock is counted. ``item_updated_at``: of the inventory item, which has the cost."""

    id: int
    product_id: int
    inventory_item_id: int
    title: str
    price: int
    sku: str = ""
    compare_at: int | None = None
    cost: int | None = None
    stock: int = 1000
    requires_shipping: bool = True
    taxable: bool = True
    barcode: str | None = None
    updated_at: datetime | None = None
    tracked: bool = True
    item_updated_at: datetime | None = None


@dataclass(slots=True)
class Collection:
    """``tag``: it gathers whatever has it, by itself; None: it holds what was put into it. Products say what they are in."""

    id: int
    title: str
    handle: str
    updated_at: datetime
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """``quantity`` units of a variant in each bundle."""

    variant_id: int
    quantity: int


@dataclass(slots=True)
class Bundling:
    """A bundle that is being made (``product_id`` None) or changed, in the background. ``components`` None: they stay."""

    id: int
    ready_at: datetime
    title: str | None
    components: list[Component] | None
    product_id: int | None = None
    done: bool = False
    fault: str | None = None


@dataclass(slots=True)
class Product:
    """``components``: what a bundle is made of; its own stock then follows theirs. ``published``: in the online store."""

    id: int
    title: str
    handle: str
    created_at: datetime
    updated_at: datetime
    vendor: str = ""
    kind: str = ""
    html: str = ""
    status: str = "ACTIVE"
    image: str | None = None
    tags: list[str] = field(default_factory=list)
    collections: list[int] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    published: bool = True

    @property
    def on_sale(self) -> bool:
        return self.published and self.status in ("ACTIVE", "UNLISTED")
