"""A team with a group in Telegram, and a newcomer who has asked it something."""

from dataclasses import dataclass, field

from bot.domain.staff import Role, Staff
from bot.domain.ticket import Ticket
from bot.i18n import Texts
from tests.telegram.driver import Lotse, until
from tests.telegram.fake import FakeTelegram, Group, Person, Press, Seen

QUESTION = "چگونه پیانو را به طبقه سوم ببرم؟"


@dataclass
class Office:
    """The group. `people` are those of the team, by name."""

    lotse: Lotse
    fake: FakeTelegram
    group: Group
    people: dict[str, Person] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)

    @property
    def texts(self) -> Texts:
        """The words of the group."""
        return self.lotse.mind.world.texts("de")

    async def open(self, towns: tuple[str, ...] = ()) -> "Office":
        """Add the bot as an administrator and connect the group as its operator does."""
        code = await self.lotse.joining.code_for_group(towns, "de")
        self.group.add_bot(admin=True)
        self.someone().says(f"/connect {code}", self.group)
        await self.lotse.taken()
        await self.lotse.mirrored()
        return self

    def someone(self) -> Person:
        """A member of the group whom the desk does not know."""
        person = self.fake.person("de", first_name="Unbekannt")
        self.group.add(person)
        return person

    async def joins(
        self, name: str, role: Role = Role.CLERK, towns: tuple[str, ...] = ("duelmen",)
    ) -> Person:
        """Invite somebody, who links their Telegram by a code."""
        person = self.fake.person("de", first_name=name)
        self.group.add(person)
        async with self.lotse.store.write() as unit:
            scope = frozenset(towns if role is Role.CLERK else ())
            staff = await unit.staff.add(Staff(0, name, role, scope), self.lotse.clock.now())
        person.says(f"/link {await self.lotse.joining.code_for(staff)}")
        await person.until(lambda seen: any(one.from_bot and name in one.text for one in seen))
        self.people[name], self.staff[name] = person, staff
        return person

    async def asked(self, language: str = "fa", question: str = QUESTION, town: str = "duelmen") -> Person:
        """Let a newcomer on Telegram ask for a person, and the group show it."""
        person = self.fake.person(language)
        person.start(f"{language}_{town}")
        await self.lotse.answered()
        welcome = next(one for one in person.sees() if one.from_bot)
        person.forges("person", welcome)
        await self.lotse.answered()
        person.says(question)
        await self.lotse.answered()
        await self.lotse.mirrored()
        return person

    def thread(self, number: int = 1001) -> int:
        """The topic of a ticket; raise if there is not exactly one."""
        [found] = [one.thread_id for one in self.group.topics if f"#{number} " in one.name]
        return found

    def head(self, number: int = 1001) -> Seen:
        """The first message of a ticket's topic."""
        return next(
            one for one in self.group.sees(self.thread(number)) if one.from_bot and one.kind == "text"
        )

    def posts(self, number: int = 1001) -> list[str]:
        """What the bot has posted below the first message of a ticket."""
        seen = self.group.sees(self.thread(number))
        found = [one.text for one in seen if one.from_bot and one.kind == "text" and not one.deleted]
        return found[1:]

    async def writes(self, person: Person, text: str, number: int = 1001) -> Seen:
        """Write in a ticket's topic, and let it have its effect there."""
        seen = person.says(text, self.group, thread_id=self.thread(number))
        await self.settled()
        return seen

    async def settled(self) -> None:
        """Let all that was written be taken and shown."""
        await self.lotse.taken()
        await self.lotse.mirrored()

    async def presses(self, person: Person, button: str, number: int = 1001) -> Press:
        """Press a button of the first message; `button` is its label's key."""
        label = self.texts.say(f"group.button.{button}")
        press = person.presses(label, self.head(number), self.group)
        await self.settled()
        await until(lambda: press.answered)
        return press

    async def sign(self, message: Seen) -> tuple[str, ...]:
        """The bot's reaction to a message, once there is one."""
        held = self.group.chat.messages[message.message_id]
        await until(lambda: held.reactions)
        return held.reactions

    async def ticket(self, number: int = 1001) -> Ticket:
        """A ticket as it is."""
        async with self.lotse.store.read() as unit:
            found = await unit.tickets.get(number)
        assert found
        return found

    async def notes(self, number: int = 1001) -> list[str]:
        """The notes of a ticket."""
        async with self.lotse.store.read() as unit:
            return [one.text for one in await unit.tickets.notes(number)]
