"""The town's own provider of logins (OpenID Connect, such as Keycloak): asks it who somebody is, and believes nothing
that it has not signed."""

from bot.staff.oidc.flow import Flow, Flows
from bot.staff.oidc.provider import Provider, ProviderDown, Registered
from bot.staff.oidc.tokens import Untrue

__all__ = ["Flow", "Flows", "Provider", "ProviderDown", "Registered", "Untrue"]
