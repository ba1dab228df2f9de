"""The pages on which the knowledge is kept."""

from bot.staff.web.knowledge.deps import KnowledgeDeps
from bot.staff.web.knowledge.routes import KnowledgePages

__all__ = ["KnowledgeDeps", "KnowledgePages"]
