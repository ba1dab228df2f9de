"""Three invented questions for whoever tries the desk, as long as nobody real is of the team."""

from bot.domain.message import Address, Inbound
from bot.service.ports import Clock, Notifier, Store, Unit
from bot.service.receive import receive

CHANNEL, ACCOUNT = "web", "example"  # no browser has an address of this account

# Language, start link, question; each says of itself that it is an example.
QUESTIONS = (
    (
        "fa",
        "fa_duelmen",
        "(مثال / Beispiel) همسایه‌ام به من یک پیانو هدیه داده است. چه کسی کمک می‌کند آن را بیاورم؟",
    ),
    ("uk", "uk_coesfeld", "(Приклад / Beispiel) Де я можу познайомитися з людьми, які люблять грати в шахи?"),
    ("ar", "ar_luedinghausen", "(مثال / Beispiel) أريد أن أزرع خضاراً. هل توجد حديقة يمكنني أن أشارك فيها؟"),
)


async def fill(store: Store, notifier: Notifier, clock: Clock) -> None:
    """Ask the questions as newcomers do, unless they were asked already."""
    async with store.read() as unit:
        if await unit.contacts.find(_address(0)) is not None:
            return
    for which, (language, start, question) in enumerate(QUESTIONS):
        address, now = _address(which), clock.now()
        said = (
            Inbound(address, f"example:{which}:start", now, start=start, language_hint=language),
            Inbound(address, f"example:{which}:person", now, choice="person"),
            Inbound(address, f"example:{which}:question", now, question),
        )
        for inbound in said:
            await receive(store, notifier, clock, inbound)


async def drop(unit: Unit) -> None:
    """Erase them: somebody real is of the team now."""
    for which in range(len(QUESTIONS)):
        found = await unit.contacts.find(_address(which))
        if found:
            await unit.erase(found[0].id)


def _address(which: int) -> Address:
    return Address(CHANNEL, ACCOUNT, f"example-{which}")
