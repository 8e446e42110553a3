"""What happens in the customer programme: ``programmes`` (drafts), ``publishing`` (versions), ``announcing`` (their changes),
``advocates`` (who shares), ``following`` (which visits count), ``friends`` (visit and claim), ``pool`` (friend codes),
``magic`` (the link in a mail), ``naming`` (whether friends read a name)."""

from plugin.referrals.flows.advocates import After as After
from plugin.referrals.flows.advocates import enrol as enrol
from plugin.referrals.flows.advocates import enrol_after_order as enrol_after_order
from plugin.referrals.flows.advocates import enrol_customer as enrol_customer
from plugin.referrals.flows.advocates import invite as invite
from plugin.referrals.flows.advocates import resume as resume
from plugin.referrals.flows.advocates import standing as standing
from plugin.referrals.flows.advocates import stop as stop
from plugin.referrals.flows.advocates import try_out as try_out
from plugin.referrals.flows.following import Caller as Caller
from plugin.referrals.flows.friends import Landing as Landing
from plugin.referrals.flows.friends import claim as claim
from plugin.referrals.flows.friends import follow as follow
from plugin.referrals.flows.friends import greeting as greeting
from plugin.referrals.flows.friends import look as look
from plugin.referrals.flows.friends import serve as serve
from plugin.referrals.flows.pool import lapse as lapse
from plugin.referrals.flows.pool import refill as refill
from plugin.referrals.flows.pool import tend as tend
from plugin.referrals.flows.programmes import Stale as Stale
from plugin.referrals.flows.programmes import archive as archive
from plugin.referrals.flows.programmes import bring_back as bring_back
from plugin.referrals.flows.programmes import discard as discard
from plugin.referrals.flows.programmes import draft as draft
from plugin.referrals.flows.programmes import duplicate as duplicate
from plugin.referrals.flows.programmes import reopen as reopen
from plugin.referrals.flows.programmes import reopen_discarded as reopen_discarded
from plugin.referrals.flows.programmes import save_programme as save_programme
from plugin.referrals.flows.programmes import seen as seen
from plugin.referrals.flows.publishing import before_last as before_last
from plugin.referrals.flows.publishing import before_pause as before_pause
from plugin.referrals.flows.publishing import pause as pause
from plugin.referrals.flows.publishing import plain_version as plain_version
from plugin.referrals.flows.publishing import publish as publish
from plugin.referrals.flows.publishing import tell_margin as tell_margin
from plugin.referrals.flows.publishing import to_publish as to_publish
from plugin.referrals.flows.publishing import undoing as undoing
from plugin.referrals.flows.publishing import withdraw as withdraw
