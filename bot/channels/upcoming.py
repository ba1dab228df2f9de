"""Limits of the messenger that comes next, so that every text fits it from the first day."""

from bot.domain.capabilities import Capabilities

UPCOMING: dict[str, Capabilities] = {
    # WhatsApp Cloud API: 3 reply buttons of 20, or a list of 10 rows of 24 with 72 below; 1,024 with either.
    "whatsapp": Capabilities(
        text=4096,
        text_with_buttons=1024,
        buttons=3,
        button_label=20,
        list_rows=10,
        row_label=24,
        row_description=72,
    ),
}
