"""Choices as buttons under a message."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.domain.message import Choice

# The longest label when so many stand side by side, on a narrow phone; longer ones are cut there.
BESIDE = ((3, 9), (2, 16))
ICONS = {
    "person": "🧑",
    "yes": "👍",
    "no": "👎",
    "help": "❓",
    "browse": "🗂",
    "courses": "🎓",
    "status": "📋",
    "language": "🌐",
    "town": "📍",
    "my_data": "📄",
    "forget_me": "🗑",
    "privacy": "🔒",
}


def keyboard(choices: Sequence[Choice], rtl: bool) -> InlineKeyboardMarkup | None:
    """Return the buttons in rows, the first one where reading begins."""
    if not choices:
        return None
    rows = [row[::-1] if rtl else row for row in _rows(list(choices))]
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(_label(choice), callback_data=choice.id) for choice in row] for row in rows]
    )


def _rows(rest: list[Choice]) -> list[list[Choice]]:
    rows = []
    while rest:
        count = next((count for count, longest in BESIDE if _fit(rest[:count], count, longest)), 1)
        rows.append(rest[:count])
        rest = rest[count:]
    return rows


def _fit(choices: Sequence[Choice], count: int, longest: int) -> bool:
    return len(choices) == count and all(len(_label(choice)) <= longest for choice in choices)


def _label(choice: Choice) -> str:
    icon = ICONS.get(choice.icon, "")
    return f"{icon} {choice.label}" if icon else choice.label
