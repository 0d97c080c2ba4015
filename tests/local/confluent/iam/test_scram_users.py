"""Users that the broker loses come back: a restart of it may drop all of them."""

from cli.client.wait import wait_for
from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running


def test_lost_users_come_back_and_deleted_ones_do_not(fake_cloud: Running) -> None:
    made = fake_cloud.made
    kept, gone = (
        cloud.key(fake_cloud, made["account"], made["cluster"]),
        cloud.key(fake_cloud, made["account"], made["cluster"]),
    )
    assert fake_cloud.api.delete(f"/iam/v2/api-keys/{gone[0]}").status_code == 204
    before = dict(fake_cloud.broker.users)
    assert kept[0] in before
    fake_cloud.broker.users.clear()
    wait_for(lambda: fake_cloud.broker.users == before, 20, "the users")
    assert gone[0] not in fake_cloud.broker.users


def test_a_broker_that_is_away_is_asked_again(fake_cloud: Running) -> None:
    fake_cloud.broker.away = True
    users = dict(fake_cloud.broker.users)
    fake_cloud.broker.users.clear()
    fake_cloud.broker.away = False
    wait_for(lambda: fake_cloud.broker.users == users, 20, "the users")


def test_a_user_that_no_key_stands_for_goes(fake_cloud: Running) -> None:
    """A cloud that is killed between the broker's answer and its store leaves one."""
    users = dict(fake_cloud.broker.users)
    key = next(iter(users))
    fake_cloud.broker.users["NOBODYS"] = users[key]
    wait_for(lambda: "NOBODYS" not in fake_cloud.broker.users, 20, "the end of it")
    assert fake_cloud.broker.users == users


def test_a_key_that_is_deleted_while_users_are_compared_stays_deleted(fake_cloud: Running) -> None:
    made = fake_cloud.made
    keys = [cloud.key(fake_cloud, made["account"], made["cluster"])[0] for _ in range(5)]
    for key in keys:
        assert fake_cloud.api.delete(f"/iam/v2/api-keys/{key}").status_code == 204
    wait_for(lambda: not set(keys) & set(fake_cloud.broker.users), 20, "the end of their users")
