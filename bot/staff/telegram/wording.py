"""How a ticket looks in a topic: its name, the first message with buttons, and what is added."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from html import escape
from typing import Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.domain.capabilities import units
from bot.domain.message import Delivery
from bot.domain.staff_group import Saying, Topic
from bot.domain.ticket import Ticket, Waits
from bot.i18n import BERLIN, Texts
from bot.knowledge.model import Knowledge
from bot.service.mirror import LOST, NEWCOMER, NOTE, STAFF, Line, Sight
from bot.staff.names import Names, moment

BUTTON: Final = "desk"  # begins the data of our buttons: desk:<act>:<ticket>:<number>
LONGEST_NAME: Final = 128  # of a topic, core.telegram.org/bots/api#createforumtopic
LONGEST: Final = 3500  # units of what people wrote in one message; Telegram takes 4,096
LONGEST_QUESTION: Final = 2500


@dataclass(frozen=True, slots=True)
class Head:
    """The first message of a topic; `mark` tells whether it is as it was."""

    html: str
    keyboard: InlineKeyboardMarkup

    @property
    def mark(self) -> str:
        """Return what is different when the message is."""
        return sha256(f"{self.html}{self.keyboard.to_json()}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one group. url: of the desk, "" without one."""

    knowledge: Knowledge
    texts: Texts
    url: str

    @property
    def names(self) -> Names:
        """What the knowledge calls things."""
        return Names(self.knowledge, self.texts)

    def name(self, ticket: Ticket) -> str:
        """Return the name of a ticket's topic."""
        urgent = "❗ " if ticket.urgent else ""
        names = self.names
        language, town = names.language(ticket.language), names.town(ticket.town)
        said = self.texts.say("group.topic", number=ticket.number, language=language, town=town)
        return f"{urgent}{said}"[:LONGEST_NAME]

    # --- the first message

    def head(self, sight: Sight, now: datetime) -> Head:
        """Return the first message of a ticket as it is now."""
        ticket, say = sight.ticket, self.texts.say
        lines = [
            f"<b>{escape(self.name(ticket), quote=False)}</b>",
            self._matter(ticket),
            *self._state(sight, now),
        ]
        if sight.words:
            question = ticket.question[:LONGEST_QUESTION]
            lines.append(f"<blockquote>{escape(question, quote=False)}</blockquote>")
        lines.append(f"<i>{escape(say('group.how' if sight.words else 'group.how.none'), quote=False)}</i>")
        if self.url:
            lines.append(self._link(ticket.number))
        return Head("\n".join(lines), self._keyboard(sight, now))

    def _matter(self, ticket: Ticket) -> str:
        matter = self.names.matter(ticket.entry)
        return self._say("group.matter", matter=matter) if ticket.entry else escape(matter, quote=False)

    def _link(self, number: int) -> str:
        address = escape(f"{self.url}/staff/tickets/{number}")
        return f'<a href="{address}">{escape(self.texts.say("group.link"), quote=False)}</a>'

    def _state(self, sight: Sight, now: datetime) -> list[str]:
        ticket = sight.ticket
        if ticket.merged_into:
            return [self._say("group.state.merged", number=ticket.merged_into)]
        if not ticket.is_open:
            return [f"✅ {self._say('group.state.closed')}"]
        found = [
            self._say("group.state.taken", name=sight.assignee)
            if ticket.assignee
            else self._say("group.state.new")
        ]
        if ticket.is_snoozed(now) and ticket.snoozed_until:
            found.append(f"💤 {self._say('group.state.snoozed', time=_stable(ticket.snoozed_until))}")
        if ticket.is_overdue(now):
            found.append(f"⚠️ {self._say('group.state.overdue')}")
        elif ticket.promised_at and ticket.answered_at is None:
            found.append(self._say("group.state.promised", time=_stable(ticket.promised_at)))
        waits = "newcomer" if ticket.waits_for is Waits.NEWCOMER else "team"
        found.append(self._say(f"group.state.{waits}"))
        if sight.delivery == Delivery.FAILED.value:
            found.append(f"⚠️ {self._say('group.state.failed')}")
        return found

    def _keyboard(self, sight: Sight, now: datetime) -> InlineKeyboardMarkup:
        ticket = sight.ticket
        if ticket.merged_into:
            return InlineKeyboardMarkup([])
        if not ticket.is_open:
            return InlineKeyboardMarkup([[self._button("reopen", ticket.number)]])
        if ticket.assignee:
            first = [
                self._button("take", ticket.number, ticket.assignee, "group.button.take_over"),
                self._button("release", ticket.number),
            ]
        else:
            first = [self._button("take", ticket.number)]
        if ticket.is_snoozed(now):
            second = [self._button("snooze", ticket.number, 0, "group.button.wake")]
        else:
            second = [
                self._button("snooze", ticket.number, 1, "group.button.tomorrow"),
                self._button("snooze", ticket.number, 7, "group.button.week"),
            ]
        return InlineKeyboardMarkup([first, second, [self._button("close", ticket.number)]])

    def _button(self, act: str, number: int, more: int = 0, key: str = "") -> InlineKeyboardButton:
        label = self.texts.say(key or f"group.button.{act}")
        return InlineKeyboardButton(label, callback_data=f"{BUTTON}:{act}:{number}:{more}")

    # --- what is added

    def added(self, sight: Sight, now: datetime) -> tuple[str, Topic]:
        """Return the next message of a topic ("" for none), and how far the ticket is mirrored with it."""
        if not sight.words:
            return self._counted(sight)
        html, topic = "", sight.topic
        for line in sight.lines:
            pieces = _pieces(line.text)
            begun = topic.part if line.kind in (NEWCOMER, STAFF) else 0
            for part in range(begun, len(pieces)):
                block = self._line(line, pieces[part], now)
                if html and units(f"{html}{block}") > LONGEST:
                    return html, topic
                html = f"{html}\n\n{block}" if html else block
                is_last = part + 1 == len(pieces)
                topic = _reached(topic, line) if is_last else replace(topic, part=part + 1)
                if units(html) > LONGEST:
                    return html, topic
        return html, topic

    def _counted(self, sight: Sight) -> tuple[str, Topic]:
        """Tell only that there is something, and how much."""
        topic, told = sight.topic, []
        for line in sight.lines:
            topic = _reached(topic, line)
        count = sum(line.kind == NEWCOMER for line in sight.lines)
        if count:
            told.append(self._say("group.news", count=count))
        told += [
            self._line(line, line.text, sight.ticket.opened_at) for line in sight.lines if line.kind == LOST
        ]
        if told and self.url:
            told.append(self._link(sight.ticket.number))
        return "\n".join(told), topic

    def _line(self, line: Line, text: str, now: datetime) -> str:
        if line.kind == LOST:
            return f"⚠️ {self._say('group.lost')}"
        signs = {NEWCOMER: "💬", STAFF: "🧑", NOTE: "📝"}
        who = self._say(f"group.line.{line.kind}", name=line.who, time=moment(line.at, now))
        files = [f"[{self._say(f'desk.file.{kind}')}]" for kind in line.files]
        body = "\n".join([*files, *([escape(text, quote=False)] if text else [])])
        return f"{signs[line.kind]} <b>{who}</b>\n{body}"

    def saying(self, saying: Saying) -> str:
        """Return the HTML of something to be said."""
        words = self._say(saying.key, **saying.values)
        return (
            f"{words}\n{self._link(int(number))}"
            if self.url and (number := saying.values.get("link"))
            else words
        )

    def _say(self, key: str, **values: str | int) -> str:
        return escape(self.texts.say(key, **values), quote=False)


def _stable(at: datetime) -> str:
    """Return a moment with its date always: the first message would be edited each midnight otherwise."""
    return f"{at.astimezone(BERLIN):%d.%m.%Y, %H:%M}"


def _reached(topic: Topic, line: Line) -> Topic:
    if line.kind == NOTE:
        return replace(topic, note=line.id)
    if line.kind == LOST:
        return replace(topic, told=line.id)
    return replace(topic, message=line.id, part=0)


def _pieces(text: str) -> Sequence[str]:
    """Return a text in pieces that fit into a message, cut between words; an empty one is one piece."""
    step, pieces = LONGEST // 2, []  # a sign may be two units
    while len(text) > step:
        space = max(text.rfind(" ", 0, step), text.rfind("\n", 0, step))
        cut = space + 1 if space > 0 else step
        pieces.append(text[:cut])
        text = text[cut:]
    return [*pieces, text]
