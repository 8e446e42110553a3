"""What can be done with offers, and with programmes beside them; what is published has passed the margin guard."""

from plugin.offers.flows.offers import archive, discard, duplicate, newest, save_offer
from plugin.offers.flows.programmes import BelowFloor, publish_programme
from plugin.offers.flows.publishing import configuration_gone, guard_again, live, pause_offer, publish_offer, undo_offer, undoing

__all__ = ["BelowFloor", "archive", "configuration_gone", "discard", "duplicate", "guard_again", "live", "newest", "pause_offer",
           "publish_offer", "publish_programme", "save_offer", "undo_offer", "undoing"]
