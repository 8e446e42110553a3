"""What the merchant grants us. shopify.app.toml asks for the same list; a test compares them."""

REQUIRED = (
    "read_products", "read_inventory", "read_markets", "read_orders", "write_customers", "write_discounts", "write_app_proxy",
    "read_store_credit_accounts", "read_store_credit_account_transactions", "write_store_credit_account_transactions",
)

OPTIONAL = ("write_products", "write_publications")
"""Asked for where a merchant chooses what needs them: a bundle that is a product of its own, and its place in the online store."""


def missing(granted: str) -> tuple[str, ...]:
    """Which required scopes ``granted`` (comma separated) lacks. Writing a thing implies reading it."""
    have = {scope.strip() for scope in granted.split(",")}
    have |= {"read_" + scope.removeprefix("write_") for scope in have if scope.startswith("write_")}
    return tuple(scope for scope in REQUIRED if scope not in have)
