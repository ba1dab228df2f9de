"""A number that survives, held by one worker of many, on both databases."""

from bot.service.ports import Store
from bot.service.position import LEASE, Position
from tests.fakes import FakeClock


def _two(store: Store, clock: FakeClock) -> tuple[Position, Position]:
    return Position(store, clock, "telegram:1", "a"), Position(store, clock, "telegram:1", "b")


async def test_one_holds_it_and_the_next_goes_on_from_there(store: Store) -> None:
    one, other = _two(store, FakeClock())
    assert await one.take() == 0
    assert await other.take() is None
    await one.move(700)
    assert await one.keep()
    await one.give_back()
    assert await other.take() == 700
    assert not await one.keep()


async def test_who_died_is_followed_when_the_lease_is_over(store: Store) -> None:
    """Whoever says that it lives keeps it for as long as it likes."""
    clock = FakeClock()
    one, other = _two(store, clock)
    await one.take()
    await one.move(5)
    for _ in range(5):
        clock.advance(seconds=LEASE.total_seconds() / 2)
        assert await one.keep()
        assert await other.take() is None
    clock.advance(seconds=LEASE.total_seconds())
    assert await other.take() == 5
    assert not await one.keep()
    await one.give_back()
    assert await other.keep()


async def test_names_are_apart(store: Store) -> None:
    """Another bot's position is another number."""
    clock = FakeClock()
    one, _ = _two(store, clock)
    await one.take()
    await one.move(700)
    assert await Position(store, clock, "telegram:2", "c").take() == 0
