"""Lexical ranking: what speaks for an entry."""

import numpy as np
import pytest

from bot.understanding.bm25 import Bm25, Counted
from bot.understanding.lexical import Document, Passage, WordRanker, counted, cut_into_groups, groups
from bot.understanding.ranking import Question, Ranking
from bot.understanding.towns import Towns
from tests.understanding.sample import TOWNS, knowledge, words


@pytest.fixture(scope="module")
def ranking() -> Ranking:
    return Ranking(knowledge().entries.values(), Towns(TOWNS), words())


def test_rare_terms_tell_more_than_common_ones() -> None:
    index = Bm25(Counted.of([{"kurs": 1, "deutsch": 1}, {"kurs": 1, "sport": 1}, {"kurs": 1, "koch": 1}]))
    scores, possible = index.score(["kurs", "sport"])
    assert int(np.argmax(scores)) == 1
    assert scores[1] == pytest.approx(possible)
    assert scores[0] == pytest.approx(scores[2])


def test_repeating_a_term_in_the_question_changes_nothing() -> None:
    index = Bm25(Counted.of([{"kurs": 2.0}, {"amt": 1.0}]))
    assert index.score(["kurs", "kurs"])[0].tolist() == index.score(["kurs"])[0].tolist()


def test_unknown_terms_make_a_question_less_explained() -> None:
    index = Bm25(Counted.of([{"kurs": 1}, {"amt": 1}]))
    assert index.score(["kurs", "mond"])[1] > index.score(["kurs"])[1]
    assert index.score(["mond"])[0].tolist() == [0.0, 0.0]


def test_an_empty_index_scores_nothing() -> None:
    assert Bm25(Counted.of([])).score(["kurs"])[0].size == 0
    assert Bm25(Counted.of([{}])).score(["kurs"])[0].tolist() == [0.0]


def test_a_short_document_in_a_large_index_is_found_like_any_other() -> None:
    large = {f"wort{number}": 1.0 for number in range(50)}
    index = Bm25(Counted.of([large, {"kurs": 2.0, "amt": 1.0}, {"kurs": 1.0}]))
    scores, possible = index.score(["kurs"])
    assert int(np.argmax(scores)) == 1
    assert scores[1] == pytest.approx(possible)
    assert scores[2] > scores[0] == 0
    assert index.score(["wort49"])[0].argmax() == 0


def test_groups_mark_the_edges_of_words() -> None:
    assert groups(["amt"]) == [" am", "amt", "mt ", " amt", "amt "]
    assert groups(["ቤት"]) == [" ቤ", "ቤት", "ት ", " ቤት", "ቤት "]


def test_many_words_are_cut_like_single_ones() -> None:
    words = ["amt", "ቤት", "a", "ቤትamt", "amtቤት", "ጽ", "амт", "𝄞𝄞", "anmeldung", "ummeldung"]
    cuts = cut_into_groups(words)
    terms = list(cuts.rows)
    assert [
        sorted(terms[number] for number in cuts.ids[start:end])
        for start, end in zip(cuts.starts, cuts.starts[1:], strict=False)
    ] == [sorted(groups((word,))) for word in words]
    assert cut_into_groups([]).rows == {}


def test_words_that_are_cut_in_several_goes_share_their_groups() -> None:
    cuts = cut_into_groups(["amt"] * 20_001)
    assert len(cuts.rows) == len(groups(["amt"]))
    assert np.bincount(cuts.ids).tolist() == [20_001] * len(cuts.rows)


def test_words_are_cut_to_their_stems_where_the_language_has_any() -> None:
    ranker = WordRanker(counted([Document("a", (Passage("de", ("wohnungen",), 1.0),)), Document("b", ())]))
    assert ranker.score(("wohnungen",), "de")[0][0] > 0
    assert ranker.score(("wohnungen",), "sq")[0][0] == 0
    assert ranker.knows("wohnung", "de")


def test_the_best_entry_leads_and_the_others_lag(ranking: Ranking) -> None:
    best, *others = ranking.rank(Question(("deutsch", "lernen", "kurse"), "de"))
    assert best.entry == "german-courses"
    assert best.margin > 0 > max(other.margin for other in others)
    assert 0 < best.explained <= 1
    assert best.known == 1.0


def test_nothing_in_common_gives_no_candidates(ranking: Ranking) -> None:
    assert ranking.rank(Question(("ξξξ",), "de")) == ()
    assert ranking.rank(Question((), "de")) == ()


def test_towns_say_nothing_about_the_matter(ranking: Ranking) -> None:
    assert not ranking.knows("dulmen", "de")
