"""Rewards: what was promised to whom, and where it stands."""

from flask import Blueprint
from sqlalchemy.orm import Session

from plugin.desk.screen import list_page
from plugin.insights.rewards import REWARDS
from plugin.insights.telling import TONES, why, worth
from plugin.messaging.naming import called
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import locale_of


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(REWARDS.path)(rewards)


@embedded
def rewards(shop: Shop, session: Session) -> str:
    locale = locale_of(shop)
    return list_page("insights/rewards.html", shop, session, REWARDS, tones=TONES, called=lambda person: called(person, locale),
                     why=lambda reward: why(reward, locale), worth=worth)
