"""Messages as JSON: a field that is added to the domain must not be forgotten here."""

from dataclasses import fields

from bot.domain.message import Attachment, Author, Choice, Inbound, Outbound, Priority
from bot.storage.bodies import inbound_from_json, inbound_to_json, outbound_from_json, outbound_to_json
from tests.storage.people import NOW, address

OUTBOUND = Outbound(
    "text",
    "ar",
    (Choice("id", "label", "🏠"),),
    "footnote",
    "answer",
    Author.STAFF,
    True,
    Priority.URGENT,
    "{}",
    "calendar",
    "lead",
    "tail",
    "ti",
    "original",
    "de",
)
INBOUND = Inbound(
    address(), "7", NOW, "text", "choice", "start", "ar", (Attachment("photo", "reference", "image/jpeg", 1),)
)


def test_every_field_of_a_message_is_kept() -> None:
    for example in (OUTBOUND, INBOUND, *INBOUND.attachments, *OUTBOUND.choices):
        assert all(getattr(example, field.name) != field.default for field in fields(example))
    assert outbound_from_json(outbound_to_json(OUTBOUND)) == OUTBOUND
    assert inbound_from_json(inbound_to_json(INBOUND), INBOUND.address) == INBOUND


def test_a_field_of_another_version_is_ignored() -> None:
    text = outbound_to_json(OUTBOUND).replace("{", '{"from_the_future":1,', 1)
    assert outbound_from_json(text) == OUTBOUND
