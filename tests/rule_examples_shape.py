"""Rules for any language about the shape of code, its names and its tests: what each keeps and drops."""

from __future__ import annotations

from rule_example import Example, lines
from rule_examples_cpp import MATRIX
from rule_examples_general import BEAN, CHECKSUM, MIGRATION
from rule_examples_go import CACHE
from rule_examples_java import SHELF
from rule_examples_javascript import TOUR

LONG_FUNCTION = (
    "package rules\n\nfunc register(r *Registry) {\n"
    + lines('\tr.add({n}, "rule{n}", severity.{level}, check{n})\n', 3100, level=["Low", "Middle", "High"])
    + "}\n"
)

NESTED = (
    "int decide(const int *t)\n{\n"
    + lines("    if (t[{n}] > {n}) {\n", 22)
    + "        return 1;\n"
    + "    }\n" * 22
    + "    return 0;\n}\n"
)

DECODER = (
    "const char *decode(unsigned word)\n{\n    switch (word >> 4) {\n"
    + lines("    case {n}:\n        return word & 1 ? op_{n} : alt_{n};\n", 410)
    + "    }\n    return 0;\n}\n"
)

WRAPPER = (
    "void solve_(\n" + lines("    double *a{n}, int *n{n},\n", 31) + "    int *info)\n{\n    *info = 0;\n}\n"
)

CALLBACKS = lines("step{n}(function (result{n}) {\n", 27) + "done();\n" + "});\n" * 27

CHAIN = "TEXT = (\n" + lines('    "part {n}" +\n', 520) + '    "end"\n)\n'

# Names of one letter are the names of mathematics.
EASING = """/** Easing functions: t goes from 0 to 1, and so does what they return. */

const { PI, cos, sin, sqrt, pow, abs } = Math;

export const linear = t => t;

export const quadratic = t => (t < 0.5 ? 2 * t * t : 1 - 2 * (1 - t) * (1 - t));

export function circle(t) {
  const u = 2 * t;
  return u < 1 ? (1 - sqrt(1 - u * u)) / 2 : (sqrt(1 - (u - 2) * (u - 2)) + 1) / 2;
}

export function elastic(t, a = 1, p = 0.3) {
  const s = a < 1 ? p / 4 : (p / (2 * PI)) * Math.asin(1 / a);
  return abs(a) * pow(2, -10 * t) * sin(((t - s) * 2 * PI) / p) + 1;
}

/** The curve of a style sheet with these control values, by eight steps of Newton's method. */
export function bezier(first, second) {
  const curve = t => 3 * first * t * (1 - t) * (1 - t) + 3 * second * t * t * (1 - t) + t * t * t;
  const slope = t => 3 * first * (1 - t) * (1 - 3 * t) + 3 * second * t * (2 - 3 * t) + 3 * t * t;
  return position => {
    let t = position;
    for (let step = 0; step < 8; step++) {
      const error = curve(t) - position;
      if (abs(error) < 1e-6) break;
      t -= error / slope(t);
    }
    return t;
  };
}

export const wave = (t, periods) => (1 - cos(2 * PI * periods * t)) / 2;
"""

MINIFIED = (
    "!function (e, t) {\n"
    + lines(
        """  function {f}(e, t) { return e(t) }
  var {v} = e.b, {w} = t.d;
  for (var i = 0; i < {w}.l; i++) {v}.p({w}[i], t.d, i);
  e.q = {v}, e.r = {w};
""",
        5,
        f=list("nosuf"),
        v=list("acdgh"),
        w=list("jklmx"),
    )
    + "}(w, d);\n"
)

MANGLED = "package mangled\n" + lines(
    """
func Java_org_example_generated_bindings_of_the_native_library_with_all_its_methods_and_constants_Number{n}_call(
	argument_of_java_org_example_generated_bindings_of_the_native_library_with_all_its_methods_and_constants_{n} int,
) int {
	return argument_of_java_org_example_generated_bindings_of_the_native_library_with_all_its_methods_and_constants_{n} + {n}
}
""",
    10,
)

UNROLLED = "void add(int *x, const int *y)\n{\n" + lines("    x[{n}] += y[{n}];\n", 100) + "}\n"

MENU = (
    "def menu():\n"
    + lines(
        '    print("{n}: {name}")\n',
        20,
        name=["New", "Open", "Save", "Print", "Close", "Undo", "Redo", "Cut", "Copy", "Paste"],
    )
    + '    choice = input("> ")\n    return int(choice)\n'
)

VECTORS = "from roman import to_roman\n\n" + lines(
    'assert to_roman({n}) == "{name}"\n',
    24,
    name=["N", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI"],
)

# A module that checks itself when it is run: one function in five is a test.
SELF_TEST = '''"""Roman numerals."""

SIGNS = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX")]
SIGNS += [(5, "V"), (4, "IV"), (1, "I")]


def to_roman(number):
    """Write a number from 1 to 3999."""
    if not 0 < number < 4000:
        raise ValueError(number)
    text = ""
    for value, sign in SIGNS:
        count, number = divmod(number, value)
        text += sign * count
    return text


def from_roman(text):
    """Read what `to_roman` writes."""
    number, rest = 0, text
    for value, sign in SIGNS:
        while rest.startswith(sign):
            number += value
            rest = rest.removeprefix(sign)
    if rest or to_roman(number) != text:
        raise ValueError(text)
    return number


def is_roman(text):
    try:
        return from_roman(text) > 0
    except ValueError:
        return False


def test():
    for number in range(1, 4000):
        assert from_roman(to_roman(number)) == number
    assert not is_roman("IIII")
    print("all numbers are right")


def main(words):
    for word in words:
        print(word, to_roman(int(word)) if word.isdigit() else from_roman(word))


if __name__ == "__main__":
    test()
'''

TESTS = (
    "import pytest\n\nfrom roman import from_roman, to_roman\n"
    + lines(
        """

def test_{name}():
    number = {n} + 1
    assert from_roman(to_roman(number)) == number
""",
        4,
        name=["one", "two", "three", "four"],
    )
    + """

@pytest.fixture
def numbers():
    return range(1, 4000)
"""
)

WRAPPERS = "package client\n" + lines(
    """
func (c *Client) {Name}(name string) error {
	return c.call("{name}", name)
}
""",
    10,
    name=["open", "close", "read", "write", "create", "delete", "rename", "lock", "unlock", "stat"],
    Name=["Open", "Close", "Read", "Write", "Create", "Delete", "Rename", "Lock", "Unlock", "Stat"],
)

EXERCISE = """#include <iostream>

int main() {
  int sum = 0;
  for (int i = 1; i <= 100; ++i) sum += i;
  std::cout << sum << std::endl;
  return 0;
}
"""

# A program with one function named main among its others.
TOOL = """#include <fstream>
#include <iostream>
#include <map>
#include <string>

namespace {

std::map<std::string, int> CountWords(std::istream& in) {
  std::map<std::string, int> counts;
  for (std::string word; in >> word;) ++counts[word];
  return counts;
}

void Show(const std::map<std::string, int>& counts, int least) {
  for (const auto& [word, count] : counts) {
    if (count >= least) std::cout << count << '\\t' << word << '\\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    Show(CountWords(std::cin), 1);
    return 0;
  }
  std::ifstream file(argv[1]);
  if (!file) {
    std::cerr << argv[1] << ": cannot be read\\n";
    return 1;
  }
  Show(CountWords(file), argc > 2 ? std::stoi(argv[2]) : 1);
  return 0;
}
"""

DENSE = lines(
    "const {name} = x => x.{name}(); const {name}All = list => list.map({name});\n",
    12,
    name=[
        "open",
        "close",
        "read",
        "write",
        "create",
        "remove",
        "rename",
        "lock",
        "free",
        "stat",
        "show",
        "hide",
    ],
)

EXAMPLES = {
    "CC249": Example("Go", CACHE, LONG_FUNCTION, measured=3102),
    "CC250": Example("C", CHECKSUM, NESTED, measured=22),
    "CC251": Example("C", CHECKSUM, DECODER, measured=2 * 410 + 1),
    "CC252": Example("C", CHECKSUM, WRAPPER, measured=63),
    "CC253": Example("JavaScript", TOUR, CALLBACKS, measured=27),
    "CC254": Example("Python", MIGRATION, CHAIN, measured=525),
    "CC255": Example("JavaScript", EASING, MINIFIED, measured=1),
    "CC256": Example("Go", CACHE, MANGLED),
    "CC257": Example("C", CHECKSUM, UNROLLED, measured=3 / 203, limit=0.05),
    "CC258": Example("Python", SELF_TEST, MENU, measured=20 / 23),
    "CC259": Example("Python", SELF_TEST, VECTORS, measured=24 / 25),
    "CC260": Example("Python", SELF_TEST, TESTS, measured=4 / 5),
    "CC261": Example("Java", SHELF, BEAN, measured=0, limit=0.2),
    "CC262": Example("Go", CACHE, WRAPPERS, measured=1, limit=0.9),
    "CC263": Example("C++", TOOL, EXERCISE, measured=1, limit=0.9),
    "CC264": Example("JavaScript", TOUR, DENSE, measured=2, limit=0.5),
    "CC265": Example("C++", MATRIX, EXERCISE, measured=6, limit=10),
}
