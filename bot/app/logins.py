"""Builds the town's own provider of logins, if one is set."""

from datetime import timedelta

import structlog

from bot.app.database import Unusable
from bot.app.parts import Parts
from bot.domain.identity import duties_from
from bot.domain.staff import Role
from bot.service.entering import Entrance
from bot.service.provided import Provided
from bot.settings import Settings
from bot.staff.oidc import Provider, Registered

NEEDED = ("oidc_client", "oidc_claim", "oidc_roles", "oidc_label")

log = structlog.get_logger()


def town_login(parts: Parts, entrance: Entrance) -> tuple[Provider, Provided] | None:
    """Return the provider and the use cases behind it; None if none is set. Raise Unusable for settings that do not
    fit together."""
    settings = parts.settings
    if not settings.oidc_issuer:
        if not settings.staff_passwords:
            raise Unusable(
                "LOTSE_STAFF_PASSWORDS=false needs LOTSE_OIDC_ISSUER: else nobody of the team gets in."
            )
        return None
    if missing := [f"LOTSE_{name.upper()}" for name in NEEDED if not getattr(settings, name)]:
        raise Unusable(f"LOTSE_OIDC_ISSUER needs {', '.join(missing)}, too.")
    provided = Provided(
        parts.database,
        parts.clock,
        entrance,
        lambda role: _places(parts, role),
        timedelta(minutes=settings.oidc_check_minutes),
    )
    try:
        provider = Provider(_registered(settings), parts.clock)
    except ValueError as error:
        raise Unusable(f"LOTSE_OIDC_ISSUER: {error}") from None
    for duty in provider.registered.duties.values():
        if unknown := duty.places - _places(parts, duty.role):
            log.warning("oidc.unknown_places", reason=f"LOTSE_OIDC_ROLES: {', '.join(sorted(unknown))}")
    return provider, provided


def _registered(settings: Settings) -> Registered:
    secret = settings.oidc_secret
    return Registered(
        settings.oidc_issuer,
        settings.oidc_client,
        secret.get_secret_value() if secret else "",
        settings.oidc_claim,
        duties_from(settings.oidc_roles),
        _listed(settings.oidc_acr),
        _listed(settings.oidc_amr),
        settings.oidc_label,
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.split(","))))


def _places(parts: Parts, role: Role) -> frozenset[str]:
    knowledge = parts.keeper.mind.world.knowledge
    return frozenset(knowledge.towns if role is Role.CLERK else knowledge.vhs_places())
