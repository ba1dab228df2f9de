"""What is learned from examples: right, the same every time, kept and read back, and damaged files are noticed."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.embedding import LONGEST, Vectors, quantised, shortened
from bot.understanding.engine import Engine
from bot.understanding.heads import DenseHead
from bot.understanding.judge import group_of
from bot.understanding.learned import Learned, Unreadable, learn
from bot.understanding.letters import Matrix, Row
from bot.understanding.material import OUTSIDE, examples, fingerprint
from bot.understanding.mixing import ROMANISED
from bot.understanding.result import Decision, Guess
from bot.understanding.skeleton import skeleton
from tests.understanding.sample import engine, knowledge, words

DIMENSIONS = 24


class Sums:
    """An embedder for tests: vectors of the letter pairs of a text; alike for texts that are spelt alike."""

    name = "sums"

    def embed(self, texts: list[str]) -> Matrix:
        """Return a vector a text."""
        found = np.full((len(texts), DIMENSIONS), 0.01, dtype=np.float32)
        for row, text in enumerate(texts):
            for pair in pairwise(text):
                found[row, sum(map(ord, pair)) % DIMENSIONS] += 1
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


@cache
def vectors() -> Vectors:
    texts = [example.text for example in examples(knowledge(), words())]
    return Vectors("sums").with_more(texts, Sums().embed(texts))


@cache
def learned() -> Learned:
    return learn(examples(knowledge(), words()), engine().matter, vectors())


@cache
def learned_engine() -> Engine:
    return Engine(knowledge(), words(), learned(), lambda text: Sums().embed([text])[0])


def test_what_was_learned_is_known_again() -> None:
    told = [each for each in examples(knowledge(), words()) if not each.meaning.startswith("~")]
    right = [
        learned().classes[int(learned().letters.odds(engine().matter(each.text)).argmax())] == each.meaning
        for each in told
    ]
    assert sum(right) / len(right) > 0.9


def test_learning_twice_gives_the_same() -> None:
    again = learn(examples(knowledge(), words()), engine().matter, vectors())
    assert again.to_bytes() == learned().to_bytes()


def test_what_is_kept_judges_as_what_was_learned() -> None:
    kept = Learned.from_bytes(learned().to_bytes())
    matter = engine().matter("Wo melde ich meine neue Adresse an?")
    assert kept.letters.odds(matter).tolist() == learned().letters.odds(matter).tolist()
    assert kept.key == learned().key
    assert kept.dense is not None
    vector = vectors().of(["Mein Kind hat Tabletten geschluckt"])[0]
    assert learned().dense is not None
    assert kept.dense.odds(vector).tolist() == learned().dense.odds(vector).tolist()  # type: ignore[union-attr]


@given(st.integers(0, 10_000), st.binary(max_size=40))
def test_a_damaged_file_is_noticed(at: int, put: bytes) -> None:
    told = learned().to_bytes()
    damaged = told[:at] + put
    with pytest.raises(Unreadable):
        Learned.from_bytes(damaged)


def test_an_engine_that_learned_answers_and_knows_what_is_not_ours() -> None:
    found = learned_engine().understand("Wo muss ich die neue Adresse anmelden", language="de")
    assert (found.decision, found.entry) == (Decision.ANSWER, "register-address")
    assert OUTSIDE in learned().classes
    dog = learned_engine().understand("hundesteuer abmelden mein hund ist tot", language="de")
    assert dog.entry == ""


def test_without_a_vector_it_answers_from_letters_and_words() -> None:
    bare = Engine(knowledge(), words(), learned())
    assert bare.understand("Wo muss ich die neue Adresse anmelden", language="de").entry == "register-address"


def test_entries_that_are_gone_are_never_shown() -> None:
    entries = {id: entry for id, entry in knowledge().entries.items() if id != "german-courses"}
    fewer = replace(knowledge(), entries=entries)
    found = Engine(fewer, words(), learned()).understand("Deutschkurs für Anfänger", language="de")
    assert "german-courses" not in {found.entry, *(each.entry for each in found.candidates)}


def test_an_entry_that_is_new_is_found_by_its_words_until_it_is_learned() -> None:
    told = [each for each in examples(knowledge(), words()) if each.meaning != "german-courses"]
    before = learn(told, engine().matter, None)
    found = Engine(knowledge(), words(), before).understand("Deutschkurs für Anfänger", language="de")
    assert "german-courses" in {each.entry for each in found.candidates}


def test_a_message_without_words_has_no_features() -> None:
    row = Row.of(())
    assert row.ids.size == 0
    assert np.isfinite(learned().letters.odds(())).all()


def test_the_dense_head_learns_what_lies_apart() -> None:
    random = np.random.default_rng(1)
    labels = np.arange(200) % 2
    points = random.standard_normal((200, 8)).astype(np.float32) * 0.1
    points[:, 0] += labels * 2 - 1
    head = DenseHead.train(points, labels, 2, lambda: None)
    assert all(int(head.odds(point).argmax()) == label for point, label in zip(points, labels, strict=True))


def test_vectors_are_kept_by_text_and_model() -> None:
    texts = ["eins", "zwei"]
    kept = Vectors("sums").with_more(texts, Sums().embed(texts))
    assert kept.missing(["zwei", "drei", "drei"]) == ["drei"]
    assert Vectors("other", kept.keys, kept.values).missing(texts) == texts
    assert kept.only(["zwei"]).missing(texts) == ["eins"]
    assert np.allclose(kept.of(["zwei"])[0], quantised(Sums().embed(["zwei"])[0]))
    assert np.allclose(kept.of(["zwei"]), Sums().embed(["zwei"]), atol=0.01)


def test_half_a_character_is_no_text() -> None:
    assert shortened("Termin \ud800 morgen") == "Termin ? morgen"
    assert learned_engine().understand("Adresse \ud800 anmelden", language="de").entry == "register-address"


def test_long_texts_are_cut() -> None:
    assert shortened("a  b\n" * 500) == "a b " * (LONGEST // 4)
    assert len(shortened("x" * 10_000)) == LONGEST


def test_other_examples_have_another_fingerprint() -> None:
    told = examples(knowledge(), words())
    assert fingerprint(told) == fingerprint(examples(knowledge(), words()))
    assert fingerprint(told[1:]) != fingerprint(told)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("مدرسة", "madrase"),
        ("можно", "mozhno"),
        ("ймовірно", "ymovirno"),
        ("کلاس", "kelas"),
        ("ይመዝገብ", "ymezgeb"),
    ],
)
def test_a_word_and_its_romanisation_share_a_skeleton(one: str, other: str) -> None:
    (first,), (second,) = engine().matter(one) or ("",), engine().matter(other) or ("",)
    assert skeleton(first) == skeleton(second)


@given(st.text())
def test_every_word_has_a_skeleton(text: str) -> None:
    assert " " not in skeleton("".join(text.split()))


def test_two_questions_in_one_message_are_both_seen() -> None:
    both = learned_engine().understand(
        "Wo muss ich meine Adresse anmelden? Und ich möchte Deutsch lernen, welche Kurse gibt es?",
        language="de",
    )
    assert (both.decision, both.entry, both.second) == (Decision.ANSWER, "register-address", "german-courses")


@pytest.mark.parametrize(
    "text",
    [
        "Hallo! Wo muss ich meine Adresse anmelden?",
        "Adresse anmelden. Wo muss ich mich anmelden mit Adresse?",
    ],
)
def test_one_question_in_two_sentences_is_one(text: str) -> None:
    found = learned_engine().understand(text, language="de")
    assert (found.entry, found.second) == ("register-address", "")


def test_text_in_foreign_letters_is_weighed_by_its_skeletons() -> None:
    assert group_of("kif bsajjel ibni bil madrase", "ar", None) == ROMANISED
    assert group_of("كيف بسجل ابني", "ar", None) == "ar"
    assert group_of("Aufenthaltstitel Termin", "ar", Guess("de", 0.3, clear=False)) == "de"
    assert group_of("ou est le bureau", "fr", None) == "fr"
