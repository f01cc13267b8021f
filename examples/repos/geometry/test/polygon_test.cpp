#include "geometry/polygon.hpp"

#include <cassert>
#include <iostream>

#include "geometry/interval.hpp"

using geometry::Vector;

int main() {
    const std::vector<Vector> square{{0, 0}, {2, 0}, {2, 2}, {0, 2}};
    assert(geometry::signed_area(square) == 4.0);
    assert(geometry::contains(square, {1, 1}));
    assert(geometry::contains(square, {2, 1}));
    assert(!geometry::contains(square, {3, 1}));

    const auto hull = geometry::convex_hull({{0, 0}, {1, 1}, {2, 0}, {2, 2}, {0, 2}, {1, 0}, {0, 0}});
    assert(hull.size() == 4 && geometry::signed_area(hull) == 4.0);

    const std::vector<Vector> almost_straight{{0, 0}, {1, 0.01}, {2, 0}, {3, 1}};
    assert(geometry::simplify(almost_straight, 0.1).size() == 3);

    assert(!geometry::Interval::between(2, 1));
    assert(geometry::Interval::between(0, 2)->meet(*geometry::Interval::between(1, 3))->low() == 1);
    std::cout << "ok\n";
}
