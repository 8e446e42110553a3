"""Customer accounts: a login without password, and the account page."""

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from devstore.checkout.extensions import Facts, extension_frames
from devstore.checkout.view import HERE
from devstore.state.carts import Buyer
from devstore.storefront.pages import relative
from devstore.storefront.render import page, translate
from devstore.storefront.shopper import CUSTOMER, Shopper, shopper, sign, store_blueprint

account_pages = store_blueprint("account", str(HERE / "templates"))


@account_pages.get("/account")
def account() -> AnyResponse:
    seen = shopper()
    if seen.customer is None:
        return redirect(seen.url("/account/login"))
    blocks = extension_frames(seen, "customer-account.profile.block.render", Facts("/account/session-token"))
    frames = render_template("extensions.html", blocks=blocks)
    return page(seen, "customers/account", title=translate(seen, "account.orders"), content_for_extension=frames)


@account_pages.get("/account/login")
def login_form() -> Response:
    return _login(shopper())


@account_pages.post("/account/login")
def login() -> AnyResponse:
    """Any address gets in: this store has no passwords. An unknown one becomes a customer."""
    seen = shopper()
    email = request.form.get("customer[email]", "").strip()
    if "@" not in email:
        return _login(seen, [translate(seen, "account.email")])
    with seen.store.lock:
        customer = seen.shop.customer_by_email(email) or seen.store.new_customer(seen.shop, Buyer(email=email, locale=seen.language))
    answer = redirect(relative(request.form.get("return_to") or seen.url("/account")), 303)
    answer.set_cookie(CUSTOMER, sign(seen.store, seen.shop, customer.id), httponly=True, samesite="Lax")
    return answer


@account_pages.route("/account/logout", methods=["GET", "POST"])
def logout() -> AnyResponse:
    answer = redirect(shopper().url("/"), 303)
    answer.delete_cookie(CUSTOMER)
    return answer


def _login(seen: Shopper, errors: list[str] | None = None) -> Response:
    known = [{"email": one.email, "name": one.first_name or one.email} for one in seen.shop.customers.values() if one.email][:8]
    back = relative(request.args.get("return_to") or seen.url("/account"))
    title = translate(seen, "account.log_in")
    answer = page(seen, "customers/login", title=title, known_customers=known, return_to=back, form_errors=errors)
    return make_response(answer, 422 if errors else 200)
