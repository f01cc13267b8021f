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

#include <span>
#include <vector>

#include "geometry/vector.hpp"

namespace geometry {

/// Area of a polygon; positive when its corners run against the clock.
double signed_area(std::span<const Vector> corners);

/// Whether a point lies inside a polygon or on its border. The polygon may be concave but must not cross itself.
bool contains(std::span<const Vector> corners, Vector point);

/// Corners of the smallest convex polygon around the points, against the clock, without points on its edges.
std::vector<Vector> convex_hull(std::vector<Vector> points);

/// Fewest of the corners of a line so that none that is left out is further than `tolerance` from it
/// (Douglas and Peucker 1973).
std::vector<Vector> simplify(std::span<const Vector> line, double tolerance);

}  // namespace geometry
