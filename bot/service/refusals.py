"""Why a use case of the desk does not do what was asked."""


class NoSuchTicket(Exception):
    """No ticket, or no open one, has this number."""


class Taken(Exception):
    """Somebody else has the ticket; `by` is their id, None if nobody has it any more."""

    def __init__(self, by: int | None) -> None:
        super().__init__(by)
        self.by = by
