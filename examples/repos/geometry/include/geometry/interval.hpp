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

#include <algorithm>
#include <optional>

namespace geometry {

/// A closed stretch of the number line; never empty.
class Interval {
public:
    static std::optional<Interval> between(double low, double high) {
        if (!(low <= high)) return std::nullopt;
        return Interval(low, high);
    }

    double low() const { return low_; }
    double high() const { return high_; }
    bool contains(double value) const { return low_ <= value && value <= high_; }

    /// What two intervals share; nothing if they do not touch.
    std::optional<Interval> meet(const Interval& other) const {
        return between(std::max(low_, other.low_), std::min(high_, other.high_));
    }

private:
    Interval(double low, double high) : low_(low), high_(high) {}
    double low_;
    double high_;
};

}  // namespace geometry
