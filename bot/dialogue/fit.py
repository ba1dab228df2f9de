"""Fits a message into what a channel can show; texts are written for the widest and cut here."""

from dataclasses import replace

from bot.dialogue.world import World
from bot.domain.capabilities import Capabilities, units
from bot.domain.message import Choice, Outbound
from bot.markup import split


def fitted(message: Outbound, capabilities: Capabilities, world: World) -> tuple[Outbound, ...]:
    """Return the message as one or several that the channel can show; the buttons stand under a short last part."""
    message = replace(message, choices=_labels(message.choices, capabilities))
    limit = capabilities.text_with_buttons if message.choices else capabilities.text
    if limit is None or units(_whole(message)) <= limit:
        return (message,)
    pieces = split(_whole(message), capabilities.text or limit)
    bare = replace(message, lead="", tail="", frame="", footnote="")
    if not message.choices:
        return tuple(replace(bare, text=piece) for piece in pieces)
    plain = [replace(bare, text=piece, choices=(), document="") for piece in pieces]
    ask = world.texts(message.framed_in).say("choose.please")
    return (*plain, replace(bare, text=ask, language=message.framed_in))


def _whole(message: Outbound) -> str:
    return f"{message.words}\n\n{message.footnote}" if message.footnote else message.words


def _labels(choices: tuple[Choice, ...], capabilities: Capabilities) -> tuple[Choice, ...]:
    """Cut labels that are too long; a test makes sure that ours never are, an editor's may be."""
    shown_as_list = capabilities.shows_list([choice.label for choice in choices])
    longest = capabilities.row_label if shown_as_list else capabilities.button_label
    if not longest:
        return choices
    return tuple(replace(choice, label=_cut(choice.label, longest)) for choice in choices)


def _cut(label: str, longest: int) -> str:
    if units(label) <= longest:
        return label
    while units(label) > longest - 1:
        label = label[:-1]
    return f"{label}…"
