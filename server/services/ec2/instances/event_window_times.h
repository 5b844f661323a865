#pragma once

#include <string_view>
#include <vector>

#include "server/wire/api_error.h"
#include "storage/metadata/instances/instance_event_window_rows.h"

/// What the times of an event window must be.
namespace amilab::ec2 {

/// Throws InvalidParameterValue for a range of less than two hours, and for less than four hours in
/// all. Source: "Each hour range must be >= 2 hours", "The combined total time ranges in the event
/// window must be >= 4 hours" (documented); code and texts are assumed.
void check_ranges(const std::vector<EventWindowRangeRow>& ranges);

/// Throws InvalidParameterValue unless it says hours and days of the week alone, and hours as
/// above. Source: CreateInstanceEventWindow, CronExpression (documented); code and texts are
/// assumed.
void check_cron_expression(std::string_view text);

}  // namespace amilab::ec2
