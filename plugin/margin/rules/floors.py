"""The margin that must be left: of a product, of a collection's, vendor's or tag's products, of the shop. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Floors:
    """Basis points of margin. ``products`` by id; ``groups``: of a collection, with the products in it. The closest one counts: the
    product's, else the highest of its collections', else the shop's (None: no floor)."""

    shop: int | None = None
    products: Mapping[str, int] = field(default_factory=dict)
    groups: tuple[tuple[int, frozenset[str]], ...] = ()

    def __bool__(self) -> bool:
        """Is anything asked at all?"""
        return self.shop is not None or bool(self.products or self.groups)

    def own(self, product_id: str) -> int | None:
        """A floor that the product has for itself, which no other goods can make up for."""
        inside = [floor for floor, products in self.groups if product_id in products]
        return self.products.get(product_id, max(inside, default=None))

    def of(self, product_id: str) -> int | None:
        own = self.own(product_id)
        return self.shop if own is None else own
