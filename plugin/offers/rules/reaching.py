"""Which of a shop's goods a set names. Pure. However many goods there are, a set that names a few is answered from those few."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from plugin.margin.rules import Good
from plugin.mirror.rules import Product
from plugin.offers.rules.compiled import Compiled
from plugin.offers.rules.model import Goods


def folded(tags: Iterable[str]) -> frozenset[str]:
    """As tags are compared everywhere: without regard to case, as Shopify and the shop's pages do."""
    return frozenset(tag.casefold() for tag in tags)


def tagged(products: Iterable[Product]) -> Iterator[tuple[str, str]]:
    """Each folded tag with each product that has it."""
    return ((tag, one.id) for one in products for tag in sorted(folded(one.tags)))


def reached(goods: Goods, product: Product) -> bool:
    """Does a set of goods name this product, by whatever?"""
    if (product.id in goods.not_products or _has(product, goods.not_tags)
            or goods.not_collections.intersection(product.collections)):
        return False
    return (goods.everything or product.id in goods.products or _has(product, goods.tags)
            or product.vendor in goods.vendors or bool(goods.collections.intersection(product.collections))
            or any(variant.id in goods.variants for variant in product.variants))


def _has(product: Product, tags: frozenset[str]) -> bool:
    return bool(tags) and not folded(tags).isdisjoint(folded(product.tags))


def marks(product: Product, made: Compiled) -> int:
    """A bit for each collection that the checkout asks about; see ``compiled``."""
    return sum(1 << at for at, one in enumerate(made.collections) if str(one) in product.collections)


class Catalogue:
    """The products of a set, by their ids; a set that names some, by whatever, is not looked for among all."""

    def __init__(self, products: Iterable[Product]) -> None:
        self.known = {one.id: one for one in products}
        self._vendors, self._tags, self._variants, self._collections = _groups(self.known.values())

    def __call__(self, wanted: Goods) -> list[str]:
        ids = self.named(wanted)
        return [one for one in (self.known if ids is None else ids) if one in self.known and reached(wanted, self.known[one])]

    def named(self, wanted: Goods) -> Collection[str] | None:
        """At least the products that the set names, each once, whether they are known or not. None: it may be any."""
        if wanted.everything:
            return None
        groups = ((self._vendors, wanted.vendors), (self._tags, folded(wanted.tags)), (self._variants, wanted.variants),
                  (self._collections, wanted.collections))
        return dict.fromkeys([*wanted.products, *(one for known, names in groups for name in names for one in known.get(name, ()))])


class Reach:
    """The goods of a set, in the order of ``goods``; those without a price are in none. Each set is looked up once."""

    def __init__(self, goods: Sequence[Good], products: Iterable[Product]) -> None:
        self._goods, self._catalogue = goods, Catalogue(products)
        self._at: dict[str, list[int]] = {}
        for at, good in enumerate(goods):
            if good.price > 0:
                self._at.setdefault(good.product_id, []).append(at)
        self._found: dict[Goods, tuple[Good, ...]] = {}

    def __call__(self, wanted: Goods) -> tuple[Good, ...]:
        found = self._found.get(wanted)
        if found is None:
            ids = self._catalogue.named(wanted)
            places = sorted(at for id_ in (self._at if ids is None else ids) if self._is_in(wanted, id_) for at in self._at.get(id_, ()))
            found = self._found[wanted] = tuple(self._goods[at] for at in places)
        return found

    def _is_in(self, wanted: Goods, id_: str) -> bool:
        """Of a product that the mirror does not have only its id is known."""
        product = self._catalogue.known.get(id_)
        return reached(wanted, product) if product else wanted.everything or id_ in wanted.products


Groups = dict[str, list[str]]


def _groups(products: Iterable[Product]) -> tuple[Groups, Groups, Groups, Groups]:
    """Product ids by vendor, by tag, by variant and by collection."""
    found: tuple[Groups, Groups, Groups, Groups] = {}, {}, {}, {}
    for one in products:
        theirs = (one.vendor,), folded(one.tags), (variant.id for variant in one.variants), one.collections
        for names, into in zip(theirs, found, strict=True):
            for name in names:
                into.setdefault(name, []).append(one.id)
    return found
