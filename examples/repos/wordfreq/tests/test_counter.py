import pytest

from wordfreq.counter import compare, count_words, log_likelihood, most_common, vocabulary_growth


def test_counts_words_of_all_texts_together():
    assert count_words(["one two", "Two"]) == {"one": 1, "two": 2}


def test_equal_counts_are_in_alphabetical_order():
    assert most_common({"pear": 2, "apple": 2, "fig": 3}, top=2) == [("fig", 3), ("apple", 2)]


def test_refuses_to_show_no_words():
    with pytest.raises(ValueError, match="at least 1"):
        most_common({"a": 1}, top=0)


def test_equal_frequencies_have_no_ratio():
    assert log_likelihood(5, 100, 10, 200) == pytest.approx(0.0)


def test_a_word_that_only_stands_here_comes_first():
    found = compare({"whale": 10, "the": 50}, {"the": 60})
    assert [row.word for row in found] == ["whale"]
    assert found[0].reference_count == 0


def test_vocabulary_stops_growing_when_nothing_is_new():
    assert vocabulary_growth(["a b", "b c", "a c"]) == [2, 3, 3]
