"""shop/update, app/uninstalled, app/scopes_update, shop/redact."""

from typing import Any

from devstore import gid
from devstore.clock import iso
from devstore.state.shops import Market, Shop

_PLANS = {"basic": "Basic", "advanced": "Advanced", "plus": "Shopify Plus"}
_EMPTY = (
    "domain", "source", "latitude", "longitude", "address2", "auto_configure_tax_inclusivity", "tax_shipping", "county_taxes",
    "google_apps_domain", "google_apps_login_enabled",
)  # fmt: skip


def shop_payload(shop: Shop) -> dict[str, Any]:
    """What app/uninstalled and shop/update carry."""
    money = f"{{{{amount}}}} {shop.currency}"
    return {
        **dict.fromkeys(_EMPTY),
        **dict.fromkeys(("province", "province_code", "phone"), ""),
        "id": shop.id,
        "name": shop.name,
        "email": shop.email,
        "customer_email": shop.email,
        "shop_owner": shop.owner,
        "domain": f"{shop.handle}.example",
        "myshopify_domain": shop.domain,
        "country": shop.country_code,
        "country_code": shop.country_code,
        "country_name": shop.country,
        "address1": "1 Market Street",
        "zip": "N1 1AA",
        "city": "Northtown",
        "primary_locale": shop.locale,
        "created_at": iso(shop.created_at),
        "updated_at": iso(shop.updated_at),
        "currency": shop.currency,
        "timezone": f"(GMT+00:00) {shop.timezone}",
        "iana_timezone": shop.timezone,
        **dict.fromkeys(("money_format", "money_in_emails_format"), "{{amount}}"),
        **dict.fromkeys(("money_with_currency_format", "money_with_currency_in_emails_format"), money),
        "weight_unit": "kg",
        "taxes_included": shop.taxes_included,
        "plan_name": shop.plan,
        "plan_display_name": _PLANS[shop.plan],
        "has_discounts": bool(shop.discounts),
        **dict.fromkeys(("has_gift_cards", "eligible_for_payments", "has_storefront", "finances"), True),
        **dict.fromkeys(("checkout_api_supported", "multi_location_enabled"), True),
        **dict.fromkeys(("requires_extra_payments_agreement", "password_enabled", "setup_required", "pre_launch_enabled"), False),
        **dict.fromkeys(("marketing_sms_consent_enabled_at_checkout", "transactional_sms_disabled"), False),
        "primary_location_id": shop.id + 1,
        "enabled_presentment_currencies": [shop.currency, *(one for one in shop.rates if one != shop.currency)],
    }


def scopes_payload(shop: Shop, previous: list[str], current: list[str], moment: str) -> dict[str, Any]:
    return {"id": shop.id, "shop_id": gid.make("Shop", shop.id), "previous": previous, "current": current, "updated_at": moment}


def shop_redact_payload(shop: Shop) -> dict[str, Any]:
    return {"shop_id": shop.id, "shop_domain": shop.domain}


def market_payload(one: Market) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "status": one.status, "type": one.kind}
