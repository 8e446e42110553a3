"""The pure part of referrals: versions, what a merchant may ask of one, destinations, the pool's size."""

from plugin.referrals.rules.forms import Fault as Fault
from plugin.referrals.rules.forms import Faulty as Faulty
from plugin.referrals.rules.forms import read_form as read_form
from plugin.referrals.rules.pool import is_fresh as is_fresh
from plugin.referrals.rules.pool import lapse_time as lapse_time
from plugin.referrals.rules.pool import missing as missing
from plugin.referrals.rules.taking import dated_takes as dated_takes
from plugin.referrals.rules.taking import most_rate as most_rate
from plugin.referrals.rules.taking import takes as takes
from plugin.referrals.rules.versions import DISCOUNT_CLASSES as DISCOUNT_CLASSES
from plugin.referrals.rules.versions import Enrol as Enrol
from plugin.referrals.rules.versions import Stored as Stored
from plugin.referrals.rules.versions import Version as Version
from plugin.referrals.rules.versions import from_plain as from_plain
from plugin.referrals.rules.versions import to_plain as to_plain
from plugin.referrals.rules.visiting import destination as destination
