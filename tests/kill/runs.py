"""One run: an attributed order, a process that dies at a named place, and the proof that its reward came exactly once."""

import random
import secrets
import signal
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.kill.processes import Member, eventually
from tests.kill.stack import Stack
from tests.kill.store import SHOP

BOUND = 60.0
"""Seconds within which a run must have ended, on a busy machine; the last retry of a webhook comes after 32 (``stack.GAPS``)."""
TRIES = 3
REWARD = 500
MOVED = frozenset({"code_added", "code_deleted", "credit", "debit", "discount_created", "discount_deleted"})

# RELIABILITY 5.3: where each place is reached. Where there are several processes the runs take turns.
PLACES: dict[str, tuple[tuple[str, str], ...]] = {
    "K0": (("web", "K0"),),
    "K1": (("web", "K1"),),
    "K2": (("web", "K2"),),
    "K3": (("web", "K3"), ("events", "K3")),
    "K4": (("events", "K4"), ("deliveries", "K4")),
    "K5": (("deliveries", "K5"), ("events", "K5")),
    "K6": (("events", "K6"),),
    "K7": (("deliveries", "K7"),),
    "K8": (("deliveries", "K8"),),
    "K9": (("deliveries", "K9"),),
    "K10": (("deliveries", "K10"),),
    "K11": (("deliveries", "K11"),),
}
# A code's answer is recorded twice: Shopify took the batch, and Shopify has the codes.
CODE_PLACES = PLACES | {"K9": (("deliveries", "K9"), ("deliveries", "K9:2"))}


@dataclass(frozen=True)
class Run:
    """``number`` counts the runs of one combination; with the seed it decides the order and what happens to its webhooks."""

    point: str
    kind: str
    number: int
    seed: int

    @property
    def chance(self) -> random.Random:
        return random.Random(f"{self.seed}/{self.point}/{self.kind}/{self.number}")

    @property
    def place(self) -> tuple[str, str]:
        """(process, failpoint)"""
        places = (CODE_PLACES if self.kind == "code" else PLACES)[self.point]
        return places[self.number % len(places)]


@dataclass
class Scene:
    """What one run put on stage."""

    order_id: str
    customer_id: str
    email: str
    effects_before: int
    webhooks_before: int


def play(stack: Stack, run: Run) -> None:
    """Raises AssertionError, with the seed and the combination, when anything came twice, not at all, or was not killed."""
    try:
        _play(stack, run)
    except AssertionError as failed:
        raise AssertionError(f"{run} on {stack.database_url.partition(':')[0]}: {failed}\n{stack.words()}") from failed


def _play(stack: Stack, run: Run) -> None:
    for _ in range(TRIES):  # another process may have rung the bell first, so that this one never came to the place
        role, failpoint = run.place
        victim = stack.replace(role, failpoint)
        scene = _order(stack, run)
        died = _death(stack, victim, scene)
        stack.replace(role)  # what a host does: start it again, without the failpoint
        assert eventually(partial(_is_over, stack, scene), BOUND), f"not finished: {_state(stack, scene)}"
        _check(stack, run, scene)
        if died is not None:
            assert died == signal.SIGKILL, f"{role} ended by {died}"
            return
    raise AssertionError(f"{TRIES} orders never came to {run.place}")


def _death(stack: Stack, victim: Member, scene: Scene) -> int | None:
    """The signal that ended the victim; None if the run was over without that."""
    ended = eventually(lambda: victim.signal_of_death() is not None or _is_over(stack, scene), BOUND)
    assert ended, f"neither killed nor finished: {_state(stack, scene)}"
    return victim.signal_of_death()


# -- the scene ---------------------------------------------------------------------------------------------------------


def _order(stack: Stack, run: Run) -> Scene:
    chance, name = run.chance, secrets.token_hex(5)
    email = f"ada.{name}@advocates.example"
    customer_id = str(stack.store.ask("customers", shop=SHOP, email=email, first_name="Ada")["id"])
    code = stack.enrol(run.kind, customer_id, email)
    scene = Scene("", customer_id, email, stack.store.newest_effect(), len(stack.store.webhooks()))
    _disturb(stack, chance)
    lines = [{"product": chance.choice(["wool-throw", "oak-serving-board"]), "quantity": chance.randint(1, 3)}]
    order = stack.store.ask("orders", shop=SHOP, email=f"zed.{name}@friends.example", lines=lines, attributes={"_tandem_code": code})
    scene.order_id = str(order["id"])
    return scene


def _disturb(stack: Stack, chance: random.Random) -> None:
    """Webhooks come as they like: as sent, twice, or in another order."""
    what = chance.choice(["nothing", "duplicate", "shuffle"])
    stack.store.ask("webhooks/release")
    if what != "nothing":
        stack.store.ask(f"webhooks/{what}", shop=SHOP, seconds=0.2)


def _is_over(stack: Stack, scene: Scene) -> bool:
    reward = _rewards(stack, scene)
    issued = bool(reward) and reward[0].state == "issued"
    return issued and not _unanswered(stack, scene) and stack.is_quiet() and bool(stack.store.mails(scene.email))


def _rewards(stack: Stack, scene: Scene) -> list[Any]:
    return stack.books.rows("select id, state, kind, amount, currency, made_at from rewards where shop_id = :shop and order_id = :order",
                            order=scene.order_id)


def _attempts(stack: Stack, scene: Scene) -> list[dict[str, Any]]:
    return stack.store.webhooks()[scene.webhooks_before:]


def _unanswered(stack: Stack, scene: Scene) -> set[str]:
    """Webhooks that no attempt has got through yet."""
    attempts = _attempts(stack, scene)
    return {one["webhook_id"] for one in attempts} - {one["webhook_id"] for one in attempts if one["outcome"] == "200"}


def _state(stack: Stack, scene: Scene) -> str:
    unanswered = _unanswered(stack, scene)
    tried = [(one["attempt"], one["outcome"], one["ms"]) for one in _attempts(stack, scene) if one["webhook_id"] in unanswered]
    return (f"rewards {_rewards(stack, scene)}, unanswered {tried}, "
            f"deliveries {stack.books.rows('select kind, state, attempts, error from deliveries where shop_id = :shop order by id')[-4:]}, "
            f"effects {stack.store.effects(after=scene.effects_before)}, mails {len(stack.store.mails(scene.email))}")


# -- the proof ---------------------------------------------------------------------------------------------------------


def _check(stack: Stack, run: Run, scene: Scene) -> None:
    rewards = _rewards(stack, scene)
    assert len(rewards) == 1, f"{len(rewards)} reward rows"
    assert (rewards[0].state, rewards[0].amount, rewards[0].currency) == ("issued", REWARD, "GBP"), rewards
    (_check_code if run.kind == "code" else _check_credit)(stack, scene, rewards[0].id)
    _check_books(stack, rewards[0].id)
    _check_webhooks(stack, run, scene)
    _check_mail(stack, run, scene)


def _effects(stack: Stack, scene: Scene) -> list[dict[str, Any]]:
    """Everything that was moved at Shopify since the run began, whoever asked for it."""
    return [one for one in stack.store.effects(after=scene.effects_before) if one["kind"] in MOVED]


def _check_code(stack: Stack, scene: Scene, reward_id: object) -> None:
    """One code was added: the one that we had stored before, on our own discount."""
    sql = """select c.code, d.external_id, d.seed, c.state, c.made_at from codes c join discounts d on d.shop_id = c.shop_id
             and d.id = c.discount_id where c.shop_id = :shop and c.reward_id = :reward"""
    stored = stack.books.rows(sql, reward=reward_id)
    assert len(stored) == 1, f"{len(stored)} codes of one reward"
    effects = [one for one in _effects(stack, scene) if one["kind"] != "discount_created" and one.get("code") != stored[0].seed]
    told = [(one["kind"], one["code"], one["discount"]) for one in effects]
    assert told == [("code_added", stored[0].code, stored[0].external_id)], effects
    assert stored[0].state == "ready", stored
    assert str(stored[0].made_at)[:19] <= effects[0]["at"].replace("T", " ")[:19], "the code was not stored before it was added"


def _check_credit(stack: Stack, scene: Scene, reward_id: object) -> None:
    """One credit, of the reward's worth, in the advocate's account; its attempt knows the transaction."""
    effects = _effects(stack, scene)
    told = [(one["kind"], one["customer"], one["amount"], one["currency"]) for one in effects]
    assert told == [("credit", scene.customer_id, REWARD, "GBP")], effects
    sql = "select state, transaction_id from credit_attempts where shop_id = :shop and reward_id = :reward"
    attempts = stack.books.rows(sql, reward=reward_id)
    assert [tuple(one) for one in attempts] == [("done", effects[0]["transaction"])], attempts


def _check_books(stack: Stack, reward_id: object) -> None:
    """Earned, released, issued: once each; the whole ledger sums to nothing and its balances are its postings."""
    sql = "select kind, amount, reverses_id from postings where shop_id = :shop and reward_id = :reward"
    postings = stack.books.rows(sql, reward=reward_id)
    assert sorted(tuple(one) for one in postings) == [(kind, REWARD, None) for kind in ("earn", "issue", "release")], postings
    accounts, cached = stack.books.accounts(), stack.books.cached()
    assert accounts == cached, (accounts, cached)
    assert sum(balances.get("GBP", 0) for balances in accounts.values()) == 0, accounts


def _check_webhooks(stack: Stack, run: Run, scene: Scene) -> None:
    """What was answered 200 is in the inbox, once, and done. Killed before the answer, Shopify was told nothing and came again."""
    answered = {one["webhook_id"] for one in _attempts(stack, scene) if one["outcome"] == "200"}
    rows = stack.books.rows("select external_id, state from inbox where shop_id = :shop and source = 'webhook'")
    kept = Counter(row.external_id for row in rows)
    assert all(kept[one] == 1 for one in answered), f"answered and not kept once: {[one for one in answered if kept[one] != 1]}"
    assert {row.state for row in rows} == {"done"}, Counter(row.state for row in rows)
    if run.point in ("K0", "K1"):
        first = [one for one in _attempts(stack, scene) if one["attempt"] == 1 and one["outcome"] != "200"]
        assert first, "the webhook that was killed was acknowledged"


def _check_mail(stack: Stack, run: Run, scene: Scene) -> None:
    """One mail; killed after sending it, the same one may come again."""
    mails = stack.store.mails(scene.email)
    assert len({one["message_id"] for one in mails}) == 1, mails
    assert len(mails) <= (2 if run.point == "K11" else 1), f"{len(mails)} mails"
