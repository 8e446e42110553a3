"""What advocates are to get without an order, as a merchant types it: the fields, what is wrong with them, and what it costs at most."""

from flask import Blueprint, request
from sqlalchemy.orm import Session

from plugin import clock
from plugin.desk import flows as desk
from plugin.errors import Refused, TryAgain
from plugin.insights import value
from plugin.messaging import texts
from plugin.money import Money
from plugin.referrals.flows import goodwill
from plugin.referrals.flows.goodwill import MOST_DAYS, Goodwill
from plugin.shops.tables import Shop
from plugin.web import forms
from plugin.web.forms import Form
from plugin.web.guards import embedded
from plugin.web.shell import fragment, locale_of, translator

ACT = "give"
FIELDS = {"amount": 20, "minimum": 20, "days": 4, "reason": desk.LONGEST_REASON}
USUAL_DAYS = 90
MOST_ORDERS, NEWEST = 10, 200


def add_to(blueprint: Blueprint) -> None:
    blueprint.post("/app/bulks/total")(total)


def fresh() -> Form:
    return Form(values={"days": str(USUAL_DAYS)}, errors={})


@embedded
def total(shop: Shop, session: Session) -> str:
    """What it comes to at most, while it is being typed."""
    count = request.form.get("count", "")
    people = int(count) if count.isascii() and count.isdigit() and len(count) < 5 else 0
    return fragment("desk/total.html", shop=shop, sum=sum_of(_money(shop, request.form.get("amount", "")), people), count=people)


def sum_of(each: Money | None, people: int) -> Money | None:
    return Money(each.amount * people, each.currency) if each and people else None


def read(shop: Shop, session: Session) -> tuple[Form, Goodwill | None]:
    """The form as it was typed, and the wish that it makes; None where something is wrong with it."""
    if not shop.currency:
        raise TryAgain("the shop's currency is not known yet", shop=str(shop.id))
    say = translator(shop)
    form = forms.read(say, FIELDS, needed={"amount", "days", "reason"})
    values, errors = form["values"], form["errors"]
    amount, minimum = _money(shop, values["amount"]), _money(shop, values["minimum"])
    for name, money in (("amount", amount), ("minimum", minimum)):
        if values[name] and money is None:
            errors.setdefault(name, say("lists.gift.no_amount", example=Money.parse("5", shop.currency).text()))
    if not _days(values["days"]):
        errors.setdefault("days", say("lists.gift.no_days", most=MOST_DAYS))
    if amount and not errors and (average := _out_of_all_proportion(shop, session, amount)):
        errors["amount"] = say("lists.gift.too_much", average=average)
    if errors or amount is None:
        return form, None
    wish = Goodwill(amount, minimum, _days(values["days"]))
    return (form, wish) if _keeps_floor(shop, session, form, wish) else (form, None)


def _out_of_all_proportion(shop: Shop, session: Session, amount: Money) -> Money | None:
    """The shop's average order, where a gift is far more than that: a slip of the finger is not to be sent to a thousand people."""
    order = value.basis(session, shop.id, shop.currency, newest=NEWEST).order
    return Money(order.value, shop.currency) if order.is_enough and amount.amount > MOST_ORDERS * order.value else None


def _keeps_floor(shop: Shop, session: Session, form: Form, wish: Goodwill) -> bool:
    """What the margin guard says, beside the amount: which cart would break the floor, and what helps."""
    say = translator(shop)
    verdict = goodwill.weigh(session, shop.id, wish, say("lists.role.goodwill"), now=clock.now())
    if verdict.outcome != "refuse":
        return True
    form["errors"]["amount"] = f"{say('errors.margin', **verdict.told())} {texts.say(locale_of(shop), 'lists.gift.raise_minimum')}"
    return False


def _money(shop: Shop, text: str) -> Money | None:
    """An amount above zero in the shop's currency; None for anything else."""
    try:
        found = Money.typed(text, shop.currency)
    except Refused:
        return None
    return found if found.amount > 0 else None


def _days(text: str) -> int:
    """1 to MOST_DAYS; 0 for anything else."""
    days = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    return days if days <= MOST_DAYS else 0
