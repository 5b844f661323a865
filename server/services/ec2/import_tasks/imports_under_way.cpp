#include "server/services/ec2/import_tasks/imports_under_way.h"

#include <utility>

namespace amilab::ec2 {

bool ImportsUnderWay::begin(const std::string& task_id)
{
    const Lock lock(mutex_);
    return tasks_.emplace(task_id, Task{}).second;
}

bool ImportsUnderWay::note(const std::string& task_id, int percent)
{
    const Lock lock(mutex_);
    const auto found = tasks_.find(task_id);
    if (found == tasks_.end()) {
        return false;
    }
    found->second.percent = percent;
    return true;
}

bool ImportsUnderWay::end(const std::string& task_id, ImportOutcome outcome)
{
    const Lock lock(mutex_);
    const auto found = tasks_.find(task_id);
    if (found == tasks_.end()) {
        return false;
    }
    found->second.outcome = std::move(outcome);
    return true;
}

int ImportsUnderWay::percent(const std::string& task_id) const
{
    constexpr int kAll = 100;
    const Lock lock(mutex_);
    const auto found = tasks_.find(task_id);
    if (found == tasks_.end()) {
        return 0;
    }
    return found->second.outcome ? kAll : found->second.percent;
}

std::optional<ImportOutcome> ImportsUnderWay::outcome(const std::string& task_id) const
{
    const Lock lock(mutex_);
    const auto found = tasks_.find(task_id);
    return found != tasks_.end() ? found->second.outcome : std::nullopt;
}

std::optional<ImportOutcome> ImportsUnderWay::forget(const std::string& task_id)
{
    const Lock lock(mutex_);
    const auto found = tasks_.find(task_id);
    if (found == tasks_.end()) {
        return std::nullopt;
    }
    auto outcome = std::move(found->second.outcome);
    tasks_.erase(found);
    return outcome;
}

}  // namespace amilab::ec2
