"""What can be done with pairs and with offers; what is published has passed the margin guard."""

from plugin.offers.flows.pairs import (
    BelowFloor,
    Wish,
    discount_gone,
    failed,
    installed,
    publish_programme,
    recorded,
    remove_pair,
    renamed,
    save_pair,
    sending,
    show_again,
    standing,
)

__all__ = ["BelowFloor", "Wish", "discount_gone", "failed", "installed", "publish_programme", "recorded", "remove_pair", "renamed",
           "save_pair", "sending", "show_again", "standing"]
