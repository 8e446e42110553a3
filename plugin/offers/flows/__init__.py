"""What can be done with pairs and with offers; what is published has passed the margin guard."""

from plugin.offers.flows.offers import archive, discard, duplicate, newest, save_offer
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
from plugin.offers.flows.publishing import configuration_gone, guard_again, live, pause_offer, publish_offer, undo_offer, undoing

__all__ = ["BelowFloor", "Wish", "archive", "configuration_gone", "discard", "discount_gone", "duplicate", "failed", "guard_again",
           "installed", "live", "newest", "pause_offer", "publish_offer", "publish_programme", "recorded", "remove_pair", "renamed",
           "save_offer", "save_pair", "sending", "show_again", "standing", "undo_offer", "undoing"]
