from wordfreq.tokens import normalize, sentences, words


def test_punctuation_ends_a_word():
    assert list(words("stop, look; listen.")) == ["stop", "look", "listen"]


def test_a_joiner_at_the_end_is_not_part_of_the_word():
    assert list(words("rock 'n' roll-")) == ["rock", "n", "roll"]


def test_letters_of_all_scripts_count():
    assert list(words("naïve Ελλάδα мир")) == ["naïve", "ελλάδα", "мир"]


def test_typographic_apostrophe_is_counted_as_the_plain_one():
    assert normalize("Don\u2019t") == "don't"


def test_rest_without_full_stop_is_a_sentence():
    assert list(sentences("Is it? Yes! And so on")) == ["Is it?", "Yes!", "And so on"]
