#include "server/services/ec2/import_tasks/import_work.h"

#include <utility>

namespace amilab::ec2 {

bool ImportWork::begin(const std::string& task_id)
{
    const Lock lock(mutex_);
    return tasks_.emplace(task_id, Task{}).second;
}

bool ImportWork::note(const std::string& task_id, int percent)
{
    const Lock lock(mutex_);
    const auto found = tasks_.find(task_id);
    if (found == tasks_.end()) {
        return false;
    }
    found->second.percent = percent;
    return true;
}

bool ImportWork::end(const std::string& task_id, ImportOutcome outcome)
{
    const Lock lock(mutex_);
    const auto found = tasks_.find(task_id);
    if (found == tasks_.end()) {
        return false;
    }
    found->second.outcome = std::move(outcome);
    return true;
}

int ImportWork::percent(const std::string& task_id) const
{
    constexpr int kAll = 100;
    const Lock lock(mutex_);
    const auto found = tasks_.find(task_id);
    if (found == tasks_.end()) {
        return 0;
    }
    return found->second.outcome ? kAll : found->second.percent;
}

std::optional<ImportOutcome> ImportWork::outcome(const std::string& task_id) const
{
    const Lock lock(mutex_);
    const auto found = tasks_.find(task_id);
    return found != tasks_.end() ? found->second.outcome : std::nullopt;
}

std::optional<ImportOutcome> ImportWork::forget(const std::string& task_id)
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

bool ImportWork::take_place(const std::string& account)
{
    const Lock lock(mutex_);
    auto& at_work = at_work_[account];
    if (at_work == kMostOfAccount) {
        return false;
    }
    ++at_work;
    return true;
}

void ImportWork::give_place_back(const std::string& account)
{
    const Lock lock(mutex_);
    const auto found = at_work_.find(account);
    if (--found->second == 0) {
        at_work_.erase(found);
    }
}

}  // namespace amilab::ec2
