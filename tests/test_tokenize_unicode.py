from codecorpus.unicode import CLASSES, LOWER, MARK, NEWLINE, NUMBER, OTHER, SPACE, UPPER
from derive_unicode import classes


def test_agrees_with_the_regex_engine_on_every_code_point():
    letters = {OTHER: "O", UPPER: "U", LOWER: "L", MARK: "M", NUMBER: "N", NEWLINE: "R", SPACE: "S"}
    assert "".join(map(letters.__getitem__, CLASSES.tolist())) == classes()


def test_knows_the_characters_that_other_tables_disagree_on():
    known = {
        "A": UPPER,
        "ǅ": UPPER,
        "ʰ": LOWER,
        "中": LOWER,
        "\u0301": MARK,
        "Ⅷ": NUMBER,
        "٣": NUMBER,
        "_": OTHER,
    }
    blanks = {
        "\n": NEWLINE,
        "\r": NEWLINE,
        "\t": SPACE,
        "\x85": SPACE,
        "\xa0": SPACE,
        "\x1c": OTHER,
        "\u200b": OTHER,
    }
    for character, kind in (known | blanks).items():
        assert CLASSES[ord(character)] == kind, repr(character)


def test_cannot_be_changed_by_accident():
    assert not CLASSES.flags.writeable
