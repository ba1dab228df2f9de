"""Builds what writes to people of the team, if a mail server is set."""

from bot.app.database import Unusable
from bot.settings import Settings
from bot.staff.mail import Mail, Server


def make_mail(settings: Settings) -> Mail | None:
    """Return the way to the mail server that is set, None without one; raise Unusable if something is missing."""
    if not settings.smtp_host:
        return None
    if not settings.smtp_from or not settings.public_url:
        raise Unusable(
            "LOTSE_SMTP_HOST needs LOTSE_SMTP_FROM, and LOTSE_PUBLIC_URL for the links in its letters."
        )
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
    if password and settings.smtp_security == "none":
        raise Unusable("LOTSE_SMTP_PASSWORD is not sent without encryption: set LOTSE_SMTP_SECURITY.")
    return Mail(
        Server(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_from,
            settings.smtp_security,
            settings.smtp_user,
            password,
        )
    )
