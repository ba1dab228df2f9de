"""When a message is likely the first piece of a longer one."""

FRAGMENT_WAIT = 2.0  # seconds; people press "send" after a greeting and then type the question
_OPEN_ENDS = (",", "،", "፣", ":", "…", "...", "-", "–")


def is_fragment(text: str) -> bool:
    """True for a text that its writer seems to go on with: it ends openly, or is one short word without a full stop.

    Only such a message waits, and at most FRAGMENT_WAIT; a question that looks whole is answered at once.
    """
    text = text.strip()
    if not text or text.startswith("/"):
        return False
    if text.endswith(_OPEN_ENDS):
        return True
    return len(text.split()) == 1 and len(text) <= 6 and text[-1].isalpha()
