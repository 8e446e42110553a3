"""What Tandem costs, and what this shop has."""

from flask import Blueprint
from sqlalchemy.orm import Session

from plugin.shops import plans
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import page


def add_to(blueprint: Blueprint) -> None:
    blueprint.get("/app/plans")(shown_plans)


@embedded
def shown_plans(shop: Shop, session: Session) -> str:
    mine = plans.current(shop)
    return page("insights/plans.html", shop=shop, mine=mine, plans=plans.PLANS if mine in plans.PLANS else (mine, *plans.PLANS))
