"""Who is asking: webhooks, app proxy requests, ID tokens, OAuth queries. A tenant comes from here and from nowhere else.

``shopifyapp`` and ``ShopifyAPI`` have the first word on tokens, proxy and OAuth; their yes is necessary, not sufficient.
Everything raises Refused("signature") and says no more to the caller than that.
"""

from plugin.shopify.verify.domain import shop_domain
from plugin.shopify.verify.oauth import oauth, permission_url
from plugin.shopify.verify.proxy import Visitor, proxy
from plugin.shopify.verify.purchase import Bought, Purchase, purchase_token
from plugin.shopify.verify.token import Identity, customer_token, id_token
from plugin.shopify.verify.webhook import Header, Webhook, webhook

__all__ = ["Bought", "Header", "Identity", "Purchase", "Visitor", "Webhook", "customer_token", "id_token", "oauth", "permission_url",
           "proxy", "purchase_token", "shop_domain", "webhook"]
