"""What happens in the customer programme: ``programmes`` (the merchant's rules), ``advocates`` (who shares), ``friends`` (visit and
claim), ``pool`` (friend codes), ``magic`` (the link in a mail)."""

from plugin.referrals.flows.advocates import After as After
from plugin.referrals.flows.advocates import enrol as enrol
from plugin.referrals.flows.advocates import enrol_after_order as enrol_after_order
from plugin.referrals.flows.advocates import enrol_customer as enrol_customer
from plugin.referrals.flows.advocates import invite as invite
from plugin.referrals.flows.advocates import stop as stop
from plugin.referrals.flows.friends import Caller as Caller
from plugin.referrals.flows.friends import Landing as Landing
from plugin.referrals.flows.friends import claim as claim
from plugin.referrals.flows.friends import follow as follow
from plugin.referrals.flows.friends import look as look
from plugin.referrals.flows.friends import serve as serve
from plugin.referrals.flows.pool import lapse as lapse
from plugin.referrals.flows.pool import refill as refill
from plugin.referrals.flows.pool import tend as tend
from plugin.referrals.flows.programmes import pause as pause
from plugin.referrals.flows.programmes import publish as publish
from plugin.referrals.flows.programmes import save_programme as save_programme
