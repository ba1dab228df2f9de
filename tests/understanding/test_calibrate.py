"""The fit of what each opinion counts."""

from functools import cache

import numpy as np

from bot.understanding.calibrate import HeldOut, as_code, fit, hold_out, thresholds
from tests.understanding.sample import engine, knowledge, words


def made_up(letters_right: float, vectors_right: float) -> HeldOut:
    """Return opinions on 300 messages of three meanings, each right so often, in log-probabilities."""
    random = np.random.default_rng(1)
    right = np.arange(300) % 3

    def opinion(share: float) -> np.ndarray:
        told = np.where(random.random(300) < share, right, (right + 1) % 3)
        return np.log(np.eye(3)[told] * 0.8 + 0.2 / 3)

    return HeldOut(
        ("a", "b", "~outside"),
        opinion(letters_right),
        opinion(vectors_right),
        np.zeros((300, 3)),
        right,
        np.zeros(300, dtype=np.intp),
        ("de",),
    )


def test_who_is_right_more_often_counts_more() -> None:
    letters, vectors = fit(made_up(0.9, 0.5), True), fit(made_up(0.5, 0.9), True)
    assert letters.of("de").letters > letters.of("de").vectors
    assert vectors.of("de").vectors > vectors.of("de").letters


def test_without_vectors_these_count_nothing() -> None:
    assert fit(made_up(0.9, 0.9), False).of("de").vectors == 0


def test_a_higher_threshold_answers_less_and_less_wrongly() -> None:
    held = made_up(0.7, 0.7)
    found = thresholds(held, fit(held, True))
    for name in ("right", "wrong", "outside"):
        values = [getattr(line, name) for line in found]
        assert values == sorted(values, reverse=True)


@cache
def held_out() -> HeldOut:
    return hold_out(knowledge(), words(), engine().matter, None)


def test_every_example_is_judged_by_what_did_not_see_it() -> None:
    held = held_out()
    ours = held.kinds[held.right] == 0
    # Its own question known, the ranking would always be right.
    assert not (held.words.argmax(axis=1) == held.right)[ours].all()
    assert held.letters.shape == (len(held.right), len(held.meanings))


def test_the_scales_are_told_as_code() -> None:
    code = as_code("WITHOUT_VECTORS", fit(held_out(), False))
    assert code.startswith("WITHOUT_VECTORS = Scales(")
    compile(code, "scales", "exec")
