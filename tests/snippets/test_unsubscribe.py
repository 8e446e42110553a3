"""The way out of mail: looking changes nothing, a POST does, and a link is good for one person of one shop."""

import re
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from plugin import clock
from plugin.app import create_app
from plugin.config import Settings
from plugin.context import Context
from plugin.messaging.deliveries import UNSUBSCRIBE, unsubscribe_url
from plugin.people import flows as people
from plugin.people import tables
from plugin.shops.tables import Shop
from plugin.web.signing import Signer


@pytest.fixture
def client(context: Context) -> FlaskClient:
    return create_app(context).test_client()


@pytest.fixture
def ada(context: Context, north: Shop) -> UUID:
    with context.transaction() as session:
        return people.meet(session, north.id, email="ada@friends.example", locale="de", now=clock.now()).id


def path(settings: Settings, shop: Shop, person_id: UUID) -> str:
    return unsubscribe_url(settings, shop.id, person_id).removeprefix(settings.app_url)


def mail_state(context: Context, shop: Shop, person_id: UUID) -> str:
    with context.transaction() as session:
        return tables.get(session, shop.id, person_id).mail_state


def test_looking_changes_nothing(client: FlaskClient, context: Context, north: Shop, ada: UUID) -> None:
    answer = client.get(path(context.settings, north, ada))
    assert answer.status_code == 200 and "Keine Mails mehr zu deinen Prämien bei North?" in answer.text
    assert mail_state(context, north, ada) == "ask"


def test_the_button_leads_to_the_end_of_mail(client: FlaskClient, context: Context, north: Shop, ada: UUID) -> None:
    asked = client.get(path(context.settings, north, ada))
    action = re.search(r'action="([^"]+)"', asked.text)
    assert action is not None and client.post(action[1]).status_code == 200
    assert mail_state(context, north, ada) == "no"


def test_one_click_from_the_mail_program(client: FlaskClient, context: Context, north: Shop, ada: UUID) -> None:
    for _ in range(2):
        assert client.post(path(context.settings, north, ada), data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert mail_state(context, north, ada) == "no"


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_what_we_did_not_sign_is_refused(client: FlaskClient, token: str) -> None:
    assert client.post(f"/mail/unsubscribe?token={token}").status_code == 410


def test_a_link_of_another_purpose_is_refused(client: FlaskClient, context: Context, north: Shop, ada: UUID) -> None:
    token = Signer(context.settings).sign("magic_link", {"shop": str(north.id), "person": str(ada)})
    assert client.post(f"/mail/unsubscribe?token={token}").status_code == 410
    assert mail_state(context, north, ada) == "ask"


def test_a_link_names_a_person_of_its_own_shop(client: FlaskClient, context: Context, south: Shop, ada: UUID) -> None:
    token = Signer(context.settings).sign(UNSUBSCRIBE, {"shop": str(south.id), "person": str(ada)})
    assert client.post(f"/mail/unsubscribe?token={token}").status_code == 404


def test_somebody_who_is_gone(client: FlaskClient, context: Context, north: Shop) -> None:
    assert client.get(path(context.settings, north, uuid4())).status_code == 404
