"""A Telegram that behaves like api.telegram.org towards a bot, with chats to look at and faults on demand."""

from tests.telegram.fake.groups import Group
from tests.telegram.fake.people import Person
from tests.telegram.fake.seen import Button, Seen
from tests.telegram.fake.server import TOKEN, FakeTelegram
from tests.telegram.fake.world import Press

__all__ = ["TOKEN", "Button", "FakeTelegram", "Group", "Person", "Press", "Seen"]
