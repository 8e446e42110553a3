"""What must hold of every discount that carries offers: of several that may be ours the one that is still there is changed, and what is
gone already need not go."""

from collections.abc import Callable, Iterable, Iterator

from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shopify.failures import UserErrors

GONE = frozenset({"NOT_FOUND", "INVALID"})
"""What Shopify says of a discount that the merchant has deleted, and of input that it will not have."""
DELETING = {"discount_automatic_delete": "DiscountAutomaticNode", "discount_code_delete": "DiscountCodeNode"}


def first_changed(ids: Iterable[str], change: Callable[[str], object], stands: Callable[[str], bool]) -> str | None:
    """The first of these that took the change; None where all are gone, so that another must be made. ``stands``: is it at Shopify after
    all, so that the input is to blame? Raises UserErrors then."""
    for known in _each(ids):
        try:
            change(known)
        except UserErrors as refused:
            if not GONE.intersection(refused.codes) or stands(known):
                raise
            continue
        return known
    return None


def delete(api: AdminApi, operation: str, ids: Iterable[str]) -> None:
    """Deleting what is gone already is done."""
    for known in _each(ids):
        try:
            api.call(operation, id=gid.make(DELETING[operation], known))
        except UserErrors as refused:
            if not GONE.intersection(refused.codes):
                raise


def _each(ids: Iterable[str]) -> Iterator[str]:
    """Once; none is looked for before it is needed."""
    seen = set[str]()
    for known in ids:
        if known not in seen:
            seen.add(known)
            yield known
