"""Random letters, and the words that made-up names and passwords consist of."""

import string

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
LETTERS, ALNUM = LOWER + UPPER, LOWER + UPPER + DIGITS
HEX, BASE64, URL = "0123456789abcdef", ALNUM + "+/", ALNUM + "-_"
SIGNS = "!@#$%^*-_+=?.~"  # no quotes, backslashes and &, which some format would need to escape
WORDS = [
    "amber",
    "anchor",
    "autumn",
    "badger",
    "basil",
    "blaze",
    "canyon",
    "cedar",
    "cobalt",
    "comet",
    "copper",
    "coral",
    "crimson",
    "dragon",
    "eagle",
    "ember",
    "falcon",
    "forest",
    "galaxy",
    "garnet",
    "granite",
    "harbor",
    "hazel",
    "indigo",
    "jaguar",
    "jasmine",
    "juniper",
    "lagoon",
    "lantern",
    "lemon",
    "lotus",
    "magnolia",
    "maple",
    "marble",
    "meadow",
    "midnight",
    "monsoon",
    "mustang",
    "nebula",
    "nectar",
    "oasis",
    "ocean",
    "olive",
    "onyx",
    "opal",
    "orchid",
    "otter",
    "panther",
    "pepper",
    "phoenix",
    "pine",
    "prairie",
    "quartz",
    "raven",
    "river",
    "saffron",
    "sapphire",
    "shadow",
    "silver",
    "sparrow",
    "spruce",
    "summer",
    "sunset",
    "thunder",
    "tiger",
    "topaz",
    "tulip",
    "tundra",
    "velvet",
    "violet",
    "walnut",
    "willow",
    "winter",
    "wolf",
    "zephyr",
]


def draw(rng, alphabet, least, most=None):
    return "".join(rng.choices(alphabet, k=rng.randint(least, most or least)))


def uuid(rng):
    return "-".join(draw(rng, HEX, size) for size in (8, 4, 4, 4, 12))


def token(prefixes, alphabet, least, most=None, *, suffix=""):
    """A prefix and random letters; the last one is a letter, so that it does not blend with what follows."""

    def make(rng):
        text = rng.choice(prefixes.split()) + draw(rng, alphabet, least - 1, (most or least) - 1)
        text += draw(rng, [c for c in alphabet if c.isalnum()], 1) + suffix
        return text, text

    return make


def whole(make):
    def made(rng):
        text = make(rng)
        return text, text

    return made
