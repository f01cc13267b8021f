"""C++: what each of its rules keeps and drops."""

from __future__ import annotations

from rule_example import Example, lines

LANGUAGE = "C++"

# One of each: goto, strcpy, new, a cast of C, register, `using namespace`, NULL, `#if 0`, a switch, a template, a macro with parameters.
MATRIX = """// Matrices of a fixed size, with the little that a solver needs.

#include "matrix.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <stdexcept>

#define CHECK_SIZE(a, b) \\
  if ((a) != (b)) throw std::invalid_argument("sizes differ")

using namespace std::string_literals;

namespace linear {

enum class Norm { kOne, kTwo, kInfinity };

template <typename T>
T Clamp(T value, T low, T high) {
  return std::max(low, std::min(value, high));
}

class Matrix {
 public:
  Matrix(int rows, int columns) : rows_(rows), values_(rows * columns) {}

  double& at(int row, int column) { return values_[row * columns() + column]; }
  double at(int row, int column) const { return values_[row * columns() + column]; }
  int columns() const { return rows_ == 0 ? 0 : static_cast<int>(values_.size()) / rows_; }
  int rows() const { return rows_; }

 private:
  int rows_ = 0;
  std::vector<double> values_;
};

double Length(const std::vector<double>& values, Norm norm) {
  double length = 0;
  switch (norm) {
    case Norm::kOne:
      for (double value : values) length += std::abs(value);
      return length;
    case Norm::kTwo:
      for (double value : values) length += value * value;
      return std::sqrt(length);
    default:
      break;
  }
  for (double value : values) length = std::max(length, std::abs(value));
  return length;
}

// The pivot of a column; the inner loop is left by a goto, since there are two of them.
int FindPivot(const Matrix& matrix, int column) {
  int row = column;
  for (; row < matrix.rows(); ++row) {
    for (register int next = column; next < matrix.columns(); ++next) {
      if (matrix.at(row, next) != 0) goto found;
    }
  }
  return -1;
found:
  return Clamp(row, 0, (int)matrix.rows() - 1);
}

std::vector<double> Multiply(const Matrix& matrix, const std::vector<double>& values) {
  CHECK_SIZE(matrix.columns(), static_cast<int>(values.size()));
  std::vector<double> product(matrix.rows());
  for (int row = 0; row < matrix.rows(); ++row) {
    for (int column = 0; column < matrix.columns(); ++column) {
      product[row] += matrix.at(row, column) * values[column];
    }
  }
  return product;
}

#if 0
std::vector<double> MultiplySlowly(const Matrix& matrix, const std::vector<double>& values);
#endif

extern "C" int linear_name(char* out, size_t size) {
  if (out == NULL || size < 7) return -1;
  strcpy(out, "linear");
  return 0;
}

extern "C" Matrix* linear_new(int rows, int columns) {
  return new Matrix(rows, columns);
}

}  // namespace linear
"""

PARSER = (
    "int Parse(const char* at) {\n"
    + lines(
        """state{n}:
  if (*at == '{letter}') goto state{n};
  ++at;
  goto done;
""",
        8,
        letter=list("abcdefgh"),
    )
    + "done:\n  return *at;\n}\n"
)

UNBOUNDED = (
    "#include <cstring>\n\nstatic char line[80];\n\nvoid Title(const char* name) {\n"
    + lines(
        """  strcpy(line, "{word}");
  strcat(line, name);
  sprintf(line + 40, "%d", {n});
""",
        5,
        word=["Mr ", "Mrs ", "Ms ", "Dr ", "Prof "],
    )
    + "}\n"
)

RAW = (
    "class Scene {\n public:\n"
    + lines(
        """  void Make{Name}() {
    delete {name}_;
    {name}_ = new {Name}(*new Transform());
  }
""",
        6,
        Name=["Camera", "Light", "Ground", "Sky", "Tree", "House"],
        name=["camera", "light", "ground", "sky", "tree", "house"],
    )
    + " private:\n"
    + lines(
        "  {Name}* {name}_;\n",
        6,
        Name=["Camera", "Light", "Ground", "Sky", "Tree", "House"],
        name=["camera", "light", "ground", "sky", "tree", "house"],
    )
    + "};\n"
)

CASTS = (
    "int Pack(long long a, double b) {\n"
    + lines("  int part{n} = (int)(a >> {n}) + (int)b;\n", 8)
    + "  return part0 + part7;\n}\n"
)

REMOVED = "#include <functional>\n#include <memory>\n" + lines(
    """
std::auto_ptr<Widget> Make{Name}(int size) throw() {
  std::auto_ptr<Widget> widget(new {Name}(size));
  return widget;
}
""",
    6,
    Name=["Button", "Label", "Slider", "Menu", "Frame", "Image"],
)

DIRECTIVES = (
    "// What every file of the program needs.\n#pragma once\n\n"
    + lines(
        '#include "{name}.h"\n',
        12,
        name=["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen", "ibis", "jay", "kite", "lion"],
    )
    + "\n"
    + lines(
        "using namespace {name};\n",
        12,
        name=["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen", "ibis", "jay", "kite", "lion"],
    )
)

NULLS = (
    "void Scene::Reset() {\n"
    + lines(
        "  if ({name}_ != NULL) {name}_->Release();\n  {name}_ = NULL;\n",
        6,
        name=["camera", "light", "ground", "sky", "tree", "house"],
    )
    + "}\n"
)

CONSTANTS = (
    "// Commands of the modem.\n#ifndef MODEM_H_\n#define MODEM_H_\n"
    + lines(
        '#define MODEM_{name} "AT+{name}"\n',
        32,
        name=["DIAL", "HANG", "WAIT", "TONE", "ECHO", "SPEED", "RESET", "INFO"],
    )
    + "#endif\n"
)

DISABLED = lines(
    """
#if 0
double Old{Name}(double x) { return x * {n}; }
#endif

double {Name}(double x) { return x + {n}; }
""",
    6,
    Name=["Sine", "Cosine", "Tangent", "Root", "Power", "Floor"],
)

NAMES = (
    "const char* Name(Color color) {\n  switch (color) {\n"
    + lines(
        '    case Color::k{name}: return "{name}";\n',
        24,
        name=[
            "Red",
            "Green",
            "Blue",
            "Black",
            "White",
            "Grey",
            "Pink",
            "Brown",
            "Orange",
            "Purple",
            "Yellow",
            "Cyan",
        ],
    )
    + '  }\n  return "";\n}\n'
)

TEMPLATES = (
    "namespace meta {\n"
    + lines(
        """
template <typename T, int N>
struct {Name} {
  using type = typename T::{Name};
};
""",
        12,
        Name=[
            "First",
            "Second",
            "Third",
            "Last",
            "Rest",
            "Size",
            "Empty",
            "Head",
            "Tail",
            "Join",
            "Zip",
            "Map",
        ],
    )
    + "}  // namespace meta\n"
)

MACROS = lines(
    """
#define REGISTER_{NAME}(type) \\
  static Registrar<type> registrar_##type##_{n}("{NAME}")
""",
    10,
    NAME=["CODEC", "FILTER", "SOURCE", "SINK", "LAYER", "LOSS", "METRIC", "READER", "WRITER", "CACHE"],
)

EXAMPLES = {
    "CC650": Example(LANGUAGE, MATRIX, PARSER, measured=16 / 26),
    "CC651": Example(LANGUAGE, MATRIX, UNBOUNDED, measured=1),
    "CC652": Example(LANGUAGE, MATRIX, RAW, measured=18 / 27),
    "CC653": Example(LANGUAGE, MATRIX, CASTS, measured=1, limit=0.5),
    "CC654": Example(LANGUAGE, MATRIX, REMOVED, measured=18 / 20),
    "CC655": Example(LANGUAGE, MATRIX, DIRECTIVES, measured=12 / 25),
    "CC656": Example(LANGUAGE, MATRIX, NULLS, measured=1),
    "CC657": Example(LANGUAGE, MATRIX, CONSTANTS, measured=35 / 36),
    "CC658": Example(LANGUAGE, MATRIX, DISABLED, measured=6 / 24),
    "CC659": Example(LANGUAGE, MATRIX, NAMES, measured=24 / 27),
    "CC660": Example(LANGUAGE, MATRIX, TEMPLATES, measured=12 / 25, limit=0.3),
    "CC661": Example(LANGUAGE, MATRIX, MACROS, measured=1, limit=0.9),
}
