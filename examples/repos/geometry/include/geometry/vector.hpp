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
#pragma once

#include <cmath>

namespace geometry {

/// A point of the plane, or the way from one point to another.
struct Vector {
    double x = 0.0;
    double y = 0.0;

    constexpr Vector operator+(Vector other) const { return {x + other.x, y + other.y}; }
    constexpr Vector operator-(Vector other) const { return {x - other.x, y - other.y}; }
    constexpr Vector operator*(double factor) const { return {x * factor, y * factor}; }
    constexpr bool operator==(const Vector&) const = default;
};

/// Positive when `b` lies to the left of `a`.
constexpr double cross(Vector a, Vector b) { return a.x * b.y - a.y * b.x; }

constexpr double dot(Vector a, Vector b) { return a.x * b.x + a.y * b.y; }

inline double length(Vector a) { return std::hypot(a.x, a.y); }

}  // namespace geometry
