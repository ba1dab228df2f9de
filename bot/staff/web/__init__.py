"""The desk in the browser: who gets in, and the pages of those who are."""

from bot.staff.web.deps import StaffDeps
from bot.staff.web.desk import DeskPages
from bot.staff.web.desk_deps import DeskDeps
from bot.staff.web.gate import Gate, StaffHandler
from bot.staff.web.knowledge import KnowledgeDeps, KnowledgePages
from bot.staff.web.pages import Pages
from bot.staff.web.proposals import ProposalDeps, ProposalPages
from bot.staff.web.visit import Session, invitation_link

__all__ = [
    "DeskDeps",
    "DeskPages",
    "Gate",
    "KnowledgeDeps",
    "KnowledgePages",
    "Pages",
    "ProposalDeps",
    "ProposalPages",
    "Session",
    "StaffDeps",
    "StaffHandler",
    "invitation_link",
]
