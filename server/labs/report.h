#pragma once

#include <span>
#include <string>
#include <vector>

#include "server/labs/checker.h"

/// What checks found, for people and for other graders. None of it says what would be right.
namespace amilab::labs {

/// The points of one step.
struct StepPoints {
    unsigned step = 0;
    unsigned points = 0;
    unsigned of = 0;
};
/// Of the steps that have checks, in their order.
std::vector<StepPoints> points_by_step(std::span<const CheckOutcome> outcomes);
/// The sum; its step is 0.
StepPoints points_of(std::span<const CheckOutcome> outcomes);

/// Whose work was looked at.
struct Student {
    std::string account;
    std::string region;
};

/// A line for each step, and below it the hints of what is not right yet.
std::string text_report(const Lab& lab, const Student& student,
                        std::span<const CheckOutcome> outcomes);
std::string json_report(const Lab& lab, const Student& student,
                        std::span<const CheckOutcome> outcomes);
/// JUnit's XML: the lab is a suite, a check a test.
std::string junit_report(const Lab& lab, const Student& student,
                         std::span<const CheckOutcome> outcomes);

}  // namespace amilab::labs
