"""What the dialogue knows besides the conversation: knowledge, texts, who runs the bot; swapped whole on reload."""

import re
from dataclasses import dataclass

from bot.dialogue.welcome import Operator
from bot.i18n import Locales, Texts, Words, names_of
from bot.knowledge.model import Knowledge


@dataclass(frozen=True, slots=True)
class World:
    """One consistent state of everything the editors and the operator have said."""

    knowledge: Knowledge
    locales: Locales
    operator: Operator
    kept_days: int  # how long messages are kept, for the privacy text

    @property
    def offered(self) -> tuple[str, ...]:
        """The languages with interface texts, in the order of languages.yaml."""
        return tuple(code for code in self.knowledge.languages if code in self.locales.catalogues)

    def texts(self, language: str) -> Texts:
        """Return the interface texts for a language, by its fallback chain."""
        known = self.knowledge.languages
        rtl = frozenset(code for code, language_ in known.items() if language_.rtl)
        locales = {code: language_.locale for code, language_ in known.items()}
        always = {"region": self.knowledge.region}
        return self.locales.texts(self.knowledge.chain(language), locales, rtl, always)

    def words(self, language: str) -> tuple[Words, ...]:
        """Return the word lists of a language's chain, German and English always among them."""
        codes = dict.fromkeys((*self.knowledge.chain(language), "de", "en"))
        return tuple(self.locales.words[code] for code in codes if code in self.locales.words)

    def language_names(self, code: str) -> frozenset[str]:
        """Return what a language is called: by its own speakers, and in every language that is offered."""
        own = re.split(r"[/()]", self.knowledge.languages[code].name)
        locales = [self.knowledge.languages[other].locale for other in self.offered]
        return frozenset(name.strip() for name in (*own, *names_of(code, tuple(locales))) if name.strip())

    def language_name(self, code: str, texts: Texts) -> str:
        """Return what a language is called in the language of the texts; its own name if that is not known."""
        return next(iter(names_of(code, (texts.locale,))), self.knowledge.languages[code].name)

    def known_language(self, hint: str) -> str:
        """Return the language that a device's tag ("ar-SY", "prs") means, or ""."""
        tag = hint.replace("_", "-").lower()
        short = tag.split("-")[0]
        for code, known in self.knowledge.languages.items():
            names = {code, *(alias.lower() for alias in known.aliases)}
            if tag in names or short in names:
                return code
        return ""
