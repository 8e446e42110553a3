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
class Product:
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
