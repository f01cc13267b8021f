/*
 * Copyright 2026 the geometry authors
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */
#include "geometry/polygon.hpp"

#include <algorithm>
#include <cstddef>

namespace geometry {

double signed_area(std::span<const Vector> corners) {
    double twice = 0.0;
    for (std::size_t i = 0; i < corners.size(); ++i) {
        twice += cross(corners[i], corners[(i + 1) % corners.size()]);
    }
    return twice / 2.0;
}

bool contains(std::span<const Vector> corners, Vector point) {
    bool inside = false;
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const Vector a = corners[i];
        const Vector b = corners[(i + 1) % corners.size()];
        const double side = cross(b - a, point - a);
        if (side == 0.0 && dot(point - a, point - b) <= 0.0) {
            return true;  // on the border
        }
        // An edge counts when a ray to the right crosses it; its upper end belongs to the next edge.
        if ((a.y > point.y) != (b.y > point.y) && (side > 0.0) == (b.y > a.y)) {
            inside = !inside;
        }
    }
    return inside;
}

std::vector<Vector> convex_hull(std::vector<Vector> points) {
    std::ranges::sort(points, [](Vector a, Vector b) { return a.x != b.x ? a.x < b.x : a.y < b.y; });
    const auto [first, last] = std::ranges::unique(points);
    points.erase(first, last);
    if (points.size() < 3) return points;

    std::vector<Vector> hull;
    const auto add = [&hull](Vector point, std::size_t keep) {
        while (hull.size() >= keep + 2 && cross(hull.back() - hull[hull.size() - 2], point - hull.back()) <= 0.0) {
            hull.pop_back();
        }
        hull.push_back(point);
    };
    for (const Vector point : points) add(point, 0);
    const std::size_t lower = hull.size() - 1;
    for (auto at = points.rbegin() + 1; at != points.rend(); ++at) add(*at, lower);
    hull.pop_back();
    return hull;
}

namespace {

double distance_to_segment(Vector point, Vector a, Vector b) {
    const Vector along = b - a;
    const double squared = dot(along, along);
    const double share = squared == 0.0 ? 0.0 : std::clamp(dot(point - a, along) / squared, 0.0, 1.0);
    return length(point - (a + along * share));
}

void keep_corners(std::span<const Vector> line, double tolerance, std::vector<Vector>& kept) {
    std::size_t furthest = 0;
    double largest = tolerance;
    for (std::size_t i = 1; i + 1 < line.size(); ++i) {
        const double distance = distance_to_segment(line[i], line.front(), line.back());
        if (distance > largest) {
            largest = distance;
            furthest = i;
        }
    }
    if (furthest != 0) {
        keep_corners(line.first(furthest + 1), tolerance, kept);
        keep_corners(line.subspan(furthest), tolerance, kept);
    } else {
        kept.push_back(line.back());
    }
}

}  // namespace

std::vector<Vector> simplify(std::span<const Vector> line, double tolerance) {
    if (line.size() < 3) return {line.begin(), line.end()};
    std::vector<Vector> kept{line.front()};
    keep_corners(line, tolerance, kept);
    return kept;
}

}  // namespace geometry
