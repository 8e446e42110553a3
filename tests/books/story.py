"""Where most stories begin: Bob's order, brought by Alice, its hold over, the reward with Shopify."""

from typing import Any

from plugin.money import Money
from plugin.rewards.rules import RewardTerms
from tests.books.stage import DAY, Stage

TEN = RewardTerms("fixed", amount=Money(1000, "GBP"))
FIFTEEN_PERCENT = RewardTerms("percentage", 1500)


def issued(stage: Stage, terms: RewardTerms = TEN, friend: RewardTerms = FIFTEEN_PERCENT, **programme: Any) -> None:  # noqa: ANN401
    """Bob's order of 100 less 15, its hold over, the reward with Shopify."""
    stage.programme(terms, friend, **programme)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.settle()
    stage.move(14 * DAY)
    stage.settle()
    stage.deliver()
