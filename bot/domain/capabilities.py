"""What a channel can show, told upwards so that texts can be fitted without knowing any channel."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Limits of a channel; None means: no limit. Lengths are in UTF-16 units, the strictest way messengers count."""

    text: int | None = None
    text_with_buttons: int | None = None
    buttons: int | None = None
    button_label: int | None = None
    list_rows: int = 0  # 0: no lists
    row_label: int = 0
    row_description: int = 0
    edit: bool = False
    formatting: bool = True
    shows_welcome: bool = False  # the channel itself shows the welcome above the exchange
    needs_second_way: bool = False  # the conversation is lost with the browser: ask for a telephone or e-mail

    def shows_list(self, labels: Sequence[str]) -> bool:
        """True if choices with these labels become a list: there are too many for buttons, or one is too long."""
        if not self.list_rows or self.buttons is None or self.button_label is None:
            return False
        return len(labels) > self.buttons or any(units(label) > self.button_label for label in labels)


def units(text: str) -> int:
    """Return the length of `text` in UTF-16 code units (emoji count two)."""
    return len(text.encode("utf-16-le")) // 2
