"""The keyboards under a message: reads and checks them like Telegram."""

from typing import Any

from tests.telegram.fake.html import checked_link
from tests.telegram.fake.limits import BUTTONS, CALLBACK_DATA
from tests.telegram.fake.refusals import bad_request

Markup = dict[str, Any]

KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")
# What an inline button may do besides opening a link or telling the bot.
OTHER_ACTIONS = (
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "copy_text",
)


def read_markup(value: object) -> Markup | None:
    """Return a checked reply markup, or None for none or an empty one."""
    if value is None or value == "":
        return None
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in value:
        rows = [[_inline_button(button) for button in row] for row in _rows(value["inline_keyboard"])]
        rows = [row for row in rows if row]
        if sum(map(len, rows)) > BUTTONS:
            raise bad_request("reply markup is too long")
        return {"inline_keyboard": rows} if rows else None
    if "keyboard" in value:
        rows = [[_key(key) for key in row] for row in _rows(value["keyboard"])]
        return value | {"keyboard": [row for row in rows if row]}
    if value and not any(kind in value for kind in KINDS):
        raise bad_request("can't parse reply keyboard markup: unknown type")
    return value or None


def is_inline(markup: Markup | None) -> bool:
    """Return whether a message carries buttons that belong to it (and not to the chat)."""
    return bool(markup and "inline_keyboard" in markup)


def _rows(value: object) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad_request("can't parse keyboard: expected an Array of Arrays")
    return value


def _inline_button(button: object) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    if not str(button.get("text", "")).strip():
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if "callback_data" in button:
        if not 1 <= len(str(button["callback_data"]).encode()) <= CALLBACK_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
        return button
    if "url" in button:
        url = checked_link(str(button["url"]))
        if not url:
            raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
        return button | {"url": url}
    if not any(action in button for action in OTHER_ACTIONS):
        text = "Text buttons are unallowed in the inline keyboard"
        raise bad_request(f"can't parse inline keyboard button: {text}")
    return button


def _key(key: object) -> dict[str, Any]:
    if isinstance(key, str):
        return {"text": key}
    if not isinstance(key, dict) or not str(key.get("text", "")).strip():
        raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    return key
