"""Imported pages, which have no examples: cut into parts, found by the nearest one, kept with what was learned."""

from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.model import Knowledge, Text
from bot.understanding.embedding import LONGEST, Vectors
from bot.understanding.engine import Engine
from bot.understanding.heads import softmax
from bot.understanding.learned import Learned, learn
from bot.understanding.letters import Values
from bot.understanding.material import examples, page_parts, source_of
from bot.understanding.pages import MOST_PARTS, Centres, PageHead, parts
from tests.understanding.sample import knowledge, words
from tests.understanding.test_learned import Sums

SWIM = "Das **Hallenbad** hat geöffnet.\n\n- Wochentags ab sieben\n- Für Kinder ist es kostenlos"


def pages(swim: str = SWIM) -> Knowledge:
    """Return knowledge of two pages in German, which nobody wrote questions for."""
    sample = next(iter(knowledge().entries.values()))

    def page(id: str, title: str, body: str) -> Text:
        return Text(title=title, short=title, body=body, revision=1, machine=False, questions=())

    told = {"swim": ("Freizeit", swim), "waste": ("Abfall", "Der gelbe Sack wird montags abgeholt.")}
    entries = {
        id: replace(sample, id=id, reviewed=date(2024, 1, 1), texts={"de": page(id, *text)})
        for id, text in told.items()
    }
    return replace(knowledge(), entries=entries)


def learned() -> Learned:
    """Return what is learned of the two pages."""
    told, own = examples(pages(), words()), page_parts(pages())
    texts = [each.text for each in (*told, *own)]
    matter = Engine(pages(), words()).matter
    return learn(told, matter, Vectors("sums").with_more(texts, Sums().embed(texts)), parts=own)


def test_a_page_is_cut_into_its_title_and_short_pieces_behind_it() -> None:
    assert list(parts("Freizeit", SWIM)) == [
        "Freizeit",
        "Freizeit. Das Hallenbad hat geöffnet. Wochentags ab sieben Für Kinder ist es kostenlos",
    ]
    assert list(parts("t" * LONGEST, SWIM)) == ["t" * LONGEST]
    assert len(list(parts("Freizeit", "Wort " * 5_000))) == MOST_PARTS


@given(st.text(max_size=40), st.text(max_size=900))
def test_no_piece_is_longer_than_what_is_embedded(title: str, body: str) -> None:
    named, *pieces = parts(title, body)
    assert named == title
    assert all(len(piece) <= LONGEST for piece in pieces)


def test_only_the_pages_share_is_dealt_out_anew() -> None:
    vectors = np.eye(4, dtype=np.float32)
    head = PageHead.of([(2, vectors[:1]), (1, vectors[1:3])])
    centre = np.zeros(4, dtype=np.float32)
    odds = np.log(np.array([0.5, 0.3, 0.1, 0.1], dtype=np.float32))
    shares = softmax(head.dealt(odds, vectors[0], centre))
    assert np.allclose(shares[[0, 3]], [0.5, 0.1], atol=1e-3)
    assert shares[2] > 0.39
    assert softmax(head.dealt(odds, vectors[2], centre))[1] > shares[1]
    assert np.allclose(softmax(head.levelled(odds)), [0.5, 0.2, 0.2, 0.1], atol=1e-3)


def test_a_long_page_has_no_more_chances_than_a_short_one() -> None:
    title, near, far, asked = np.eye(4, dtype=np.float32)
    odds, centre = np.zeros(2, dtype=np.float32), np.zeros(4, dtype=np.float32)
    head = PageHead.of([(0, np.stack([title, near, far, far])), (1, np.stack([title, near]))])
    assert head.dealt(odds, near + asked, centre).argmax() == 1
    assert head.dealt(odds, far, centre).argmax() == 0


def test_of_a_pages_languages_the_nearest_counts() -> None:
    one, other, third = np.eye(3, dtype=np.float32)
    nothing = np.zeros(3, dtype=np.float32)
    head = PageHead.of([(0, one[None]), (1, one[None]), (1, other[None]), (2, third[None])])
    shares = softmax(head.dealt(nothing, one, nothing))
    assert np.isclose(shares[0], shares[1])
    assert shares[1] > shares[2]


def test_a_question_is_compared_without_what_all_of_its_language_have_in_common() -> None:
    vectors = np.array([[1, 0, 5], [0, 1, 5], [1, 0, -3], [0, 1, -3]], dtype=np.float32)
    centres = Centres.of(["de", "de", "ar", "ar"], vectors)
    assert centres.of_language("ar").tolist() == [0.5, 0.5, -3]
    assert centres.of_language("xx").tolist() == [0.5, 0.5, 1]
    head = PageHead.of([(0, vectors[:1]), (1, vectors[1:2])])
    odds = np.zeros(2, dtype=np.float32)
    for question, page in ((2, 0), (3, 1)):
        assert head.dealt(odds, vectors[question], centres.of_language("ar")).argmax() == page


def test_parts_are_kept_so_well_that_near_ones_stay_apart() -> None:
    random = np.random.default_rng(1)
    vectors = random.standard_normal((400, 384)).astype(np.float32)
    head = PageHead.of([(number, vectors[number][None]) for number in range(400)])
    moved = vectors - head.middle
    moved /= np.linalg.norm(moved, axis=1, keepdims=True)
    assert np.abs(head.values * head.steps[:, None] - moved).max() < 0.001


def test_a_question_finds_what_only_a_pages_text_says() -> None:
    told = learned()
    engine = Engine(pages(), words(), told, lambda text: Sums().embed([text])[0])
    understood = engine.understand("ab wann ist das hallenbad geöffnet?", language="de", language_chosen=True)
    assert understood.candidates[0].entry == "swim"
    again = Learned.from_bytes(told.to_bytes())
    assert again.pages is not None
    assert told.pages is not None
    assert again.pages.values.tolist() == told.pages.values.tolist()


def test_titles_in_another_language_tell_that_a_page_is_meant_but_not_which() -> None:
    told = learned()
    here = [told.classes.index(page) for page in ("swim", "waste")]
    letters = told.letters.odds(("abfall",))
    shares, level = softmax(letters), softmax(told.without_titles(letters))
    assert shares[here[1]] > shares[here[0]]
    assert np.isclose(level[here[0]], level[here[1]])
    assert np.isclose(level[here].sum(), shares[here].sum(), atol=1e-3)


def test_where_nothing_is_written_in_the_questions_language_the_vector_outweighs_a_like_sounding_title() -> (
    None
):
    told = ["Freizeit. Das Hallenbad hat geöffnet.", "Abfall. Der gelbe Sack wird montags abgeholt."]
    swim, waste = Sums().embed(told)

    def between(_text: str) -> Values:  # nearer to the page about waste than to the other, but not by much
        return np.asarray(0.65 * swim + 0.35 * waste, dtype=np.float32)

    engine = Engine(pages(), words(), learned(), between)
    found = {
        language: engine.understand("freizeit", language=language, language_chosen=True).candidates[0].entry
        for language in ("de", "en")
    }
    assert found == {"de": "swim", "en": "waste"}


def test_another_text_of_a_page_is_something_to_learn() -> None:
    assert source_of(pages(), words()) == learned().source
    assert source_of(pages("Geschlossen."), words()) != learned().source
    assert page_parts(knowledge()) == ()
