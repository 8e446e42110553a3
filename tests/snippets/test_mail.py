"""Mail from its row to a mailbox: what it says, to whom it may go, and what happens when the server is away."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from plugin import clock
from plugin.context import Context
from plugin.errors import Broken, TryAgain
from plugin.messaging import deliveries, facts, flows, smtp, tables
from plugin.messaging.facts import Worth
from plugin.messaging.tables import Mail
from plugin.money import Money
from plugin.outbox import flows as outbox
from plugin.outbox import tables as outbox_tables
from plugin.people import flows as people
from plugin.people import tables as people_tables
from plugin.shops.tables import Shop
from tests.snippets.conftest import Mailbox

REWARD = Worth("fixed", amount=Money(500, "GBP"))
EARNED = facts.earned(REWARD, code="ABCD-EFGH", expires_at=None)
Write = Callable[..., UUID]


@pytest.fixture
def write(context: Context, north: Shop) -> Write:
    """Writes one mail to Ada and returns its id."""

    def write(kind: str = "earned", told: facts.Facts = EARNED, *, email: str | None = "ada@friends.example", locale: str = "en",
              first_name: str = "Ada") -> UUID:
        now = clock.now()
        with context.transaction() as session:
            person = people.meet(session, north.id, customer_id="1", email=email, first_name=first_name, locale=locale, now=now)
            flows.write_mail(session, north.id, person.id, kind, about=uuid4(), facts=told, now=now)
            return tables.of_people(session, north.id, {person.id})[-1].id

    return write


def send(context: Context) -> None:
    with context.transaction() as session:
        leases = outbox.lease(session, {"mail": outbox.Terms(1, 30)})
    deliveries.send_mail(context, leases)


def row(context: Context, shop: Shop, mail_id: UUID) -> Mail:
    with context.transaction() as session:
        return tables.get(session, shop.id, mail_id)


def delivery(context: Context, shop: Shop, mail_id: UUID) -> outbox_tables.Delivery:
    with context.transaction() as session:
        found = outbox_tables.find(session, shop.id, "mail", mail_id)
    assert found is not None
    return found


def test_an_earned_reward_is_told(context: Context, north: Shop, mailbox: Mailbox, write: Write) -> None:
    mail_id = write()
    send(context)
    [mail] = mailbox.mail
    assert (mail["To"], mail["Subject"]) == ("ada@friends.example", "You earned £5.00 off")
    assert mail["From"] == "North <mail@tandem.example>" and mail["Reply-To"] == "owner@north.example"
    assert mail["Message-ID"] == f"<{mail_id}@tandem.example>" and mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_body(("plain",))
    assert body is not None and "ABCD-EFGH" in body.get_content() and "Hello Ada," in body.get_content()
    assert row(context, north, mail_id).state == tables.SENT and delivery(context, north, mail_id).state == outbox_tables.DONE


def test_what_it_said_is_forgotten_once_it_has_left(context: Context, north: Shop, write: Write) -> None:
    mail_id = write("magic_link", facts.magic_link("https://secret.example/x", minutes=10))
    send(context)
    assert row(context, north, mail_id).facts == {}


def test_it_speaks_the_readers_language(context: Context, mailbox: Mailbox, write: Write) -> None:
    write(locale="de")
    send(context)
    assert mailbox.mail[0]["Subject"] == "Deine Prämie: 5,00\xa0£ Rabatt"


def test_it_offers_the_way_out_in_one_click(context: Context, mailbox: Mailbox, write: Write) -> None:
    write()
    send(context)
    [mail] = mailbox.mail
    assert mail["List-Unsubscribe"].startswith("<https://tandem.example.com/mail/unsubscribe?token=")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_fact_is_told_once(context: Context, north: Shop) -> None:
    about, now = uuid4(), clock.now()
    with context.transaction() as session:
        person = people.meet(session, north.id, email="ada@friends.example", now=now)
        told = [flows.write_mail(session, north.id, person.id, "earned", about=about, facts=EARNED, now=now) for _ in range(3)]
    assert told == [True, False, False]


def test_an_unknown_kind_is_broken(context: Context, north: Shop) -> None:
    with pytest.raises(Broken), context.transaction() as session:
        flows.write_mail(session, north.id, uuid4(), "newsletter", about=uuid4(), facts={}, now=clock.now())


@pytest.mark.parametrize(("change", "why"), [("unsubscribe", "unsubscribed"), ("redact", "redacted")])
def test_who_wants_none_gets_none(context: Context, north: Shop, mailbox: Mailbox, write: Write, *, change: str, why: str) -> None:
    mail_id = write()
    with context.transaction() as session:
        person = people_tables.get(session, north.id, tables.get(session, north.id, mail_id).person_id)
        if change == "unsubscribe":
            people.unsubscribe(session, north.id, person.id)
        else:
            people.redact(session, north.id, person.id, clock.now())
    send(context)
    assert mailbox.mail == [] and row(context, north, mail_id).why == why
    assert delivery(context, north, mail_id).state == outbox_tables.DONE


def test_a_link_that_was_asked_for_comes_also_to_the_unsubscribed(context: Context, north: Shop, mailbox: Mailbox, write: Write) -> None:
    mail_id = write("magic_link", facts.magic_link("https://north.example/me", minutes=1))
    with context.transaction() as session:
        people.unsubscribe(session, north.id, tables.get(session, north.id, mail_id).person_id)
    send(context)
    [mail] = mailbox.mail
    body = mail.get_body(("plain",))
    assert body is not None and "https://north.example/me" in body.get_content() and "1 minute." in body.get_content()
    assert mail["List-Unsubscribe"] is None


def test_a_line_break_in_a_name_makes_no_header(context: Context, north: Shop, mailbox: Mailbox, write: Write) -> None:
    with context.transaction() as session:
        session.get_one(Shop, north.id).name = "North\r\nBcc: everybody@evil.example\r\n\r\n<script>"
    write(first_name="Ada\r\nX-Evil: 1", told=facts.earned(REWARD, code="<b>&", expires_at=None))
    send(context)
    [mail] = mailbox.mail
    assert mail["Bcc"] is None and mail["X-Evil"] is None
    html = mail.get_body(("html",))
    assert html is not None and "<script>" not in html.get_content() and "&lt;b&gt;&amp;" in html.get_content()


@pytest.mark.parametrize("email", [
    "a b@friends.example", "ada@friends..example", "ada@" + "x" * 70 + ".example", "a@b@c", "ädä@friends.example", "a\r\nTo: b@c.example"])
def test_an_address_that_cannot_be_written_to_ends_the_mail(context: Context, north: Shop, mailbox: Mailbox, write: Write, *,
                                                            email: str) -> None:
    mail_id = write()
    with context.transaction() as session:
        people_tables.get(session, north.id, tables.get(session, north.id, mail_id).person_id).email = email
    send(context)
    assert row(context, north, mail_id).state == tables.DROPPED and delivery(context, north, mail_id).state == outbox_tables.DONE
    assert mailbox.mail == []


def test_a_name_in_another_script_arrives_as_it_is(context: Context, north: Shop, mailbox: Mailbox, write: Write) -> None:
    with context.transaction() as session:
        session.get_one(Shop, north.id).name = "北の店 “quoted”"
    write(email="ada@bücher.example")
    send(context)
    assert mailbox.mail[0]["From"].addresses[0].display_name == "北の店 “quoted”"
    assert mailbox.mail[0]["To"] == "ada@xn--bcher-kva.example"


@pytest.mark.parametrize(("answer", "state", "delivered"), [
    ("550 no such mailbox", tables.DROPPED, outbox_tables.DONE), ("450 try later", tables.WAITING, outbox_tables.WAITING)])
def test_what_the_server_says_is_heeded(context: Context, north: Shop, mailbox: Mailbox, write: Write, answer: str, state: str,
                                        delivered: str) -> None:
    mail_id = write()
    mailbox.answers = [answer]
    send(context)
    assert row(context, north, mail_id).state == state and delivery(context, north, mail_id).state == delivered


def test_a_server_that_is_away_postpones(context: Context, north: Shop, write: Write) -> None:
    mail_id = write()
    send(replace(context, settings=replace(context.settings, smtp_url="smtp://127.0.0.1:9")))
    put = delivery(context, north, mail_id)
    assert put.state == outbox_tables.WAITING and put.attempts == 1 and "mail server" in (put.error or "")


def test_without_a_server_the_mail_is_dropped(context: Context, north: Shop, write: Write) -> None:
    mail_id = write()
    send(replace(context, settings=replace(context.settings, smtp_url=None)))
    assert row(context, north, mail_id).why == "no_server"


def test_killed_after_sending_it_is_the_same_mail_again(context: Context, north: Shop, mailbox: Mailbox, write: Write,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    mail_id = write()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("plugin.failpoint.reach", _die)
        send(context)
    with context.transaction() as session:
        found = outbox_tables.find(session, north.id, "mail", mail_id)
        assert found is not None
        found.lease_until = found.not_before  # the lease of the one who died is over
    send(context)
    assert len(mailbox.mail) == 2 and mailbox.mail[0]["Message-ID"] == mailbox.mail[1]["Message-ID"]
    assert row(context, north, mail_id).state == tables.SENT


def _die(name: str) -> None:
    assert name == "K11"
    raise KeyboardInterrupt


def test_no_password_without_tls(smtp_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp.Server, "is_here", False)
    with pytest.raises(TryAgain), smtp.connect(smtp.Server("127.0.0.1", smtp_port, tls=False, user="u", password="p")):
        pass


@pytest.mark.parametrize(("url", "server"), [
    ("smtp://mail.example", smtp.Server("mail.example", 587, False)),
    ("smtps://mail.example", smtp.Server("mail.example", 465, True)),
    ("smtp://a%40b:p%2Fw@mail.example:25", smtp.Server("mail.example", 25, False, "a@b", "p/w"))])
def test_the_address_of_the_server(url: str, server: smtp.Server) -> None:
    assert smtp.Server.of(url) == server and "p/w" not in repr(server)
