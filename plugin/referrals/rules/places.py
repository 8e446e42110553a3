"""Which of several programmes is somebody's: a reward that is liked in one country is odd in another, so each may have its own. Pure."""

from collections.abc import Iterable

from plugin.referrals.rules.versions import Version


def nearest(versions: Iterable[Version], country: str | None) -> list[Version]:
    """Programmes for this country (None: not known) first, then those for everywhere, then those for elsewhere; each in the order given.

    A version's currencies say nothing about places: a shop books all its orders in one.
    """
    def distance(version: Version) -> int:
        return 1 if not version.countries else 0 if country in version.countries else 2

    return sorted(versions, key=distance)
