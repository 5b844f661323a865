#include "tests/server/services/trial_runner.h"

#include <set>

#include "storage/base/units.h"
#include "tests/server/services/service_trials.h"

namespace amilab::test {

namespace {

bool writes(std::string_view service, std::string_view operation)
{
    const auto& services = test_services();
    return services.find_operation(*services.named(service), operation)->kind !=
           OperationKind::kRead;
}

/// Lets happen what is due, and what comes of it behind the calls.
void let_settle(TestEmulator& emulator)
{
    emulator.emulator().settle();
    emulator.data().background().drain();
}

Parameters of_row(Parameters parameters, const std::string& key)
{
    for (auto& parameter : parameters) {
        auto& value = parameter.second;
        if (const auto at = value.find("{}"); at != std::string::npos) {
            value.replace(at, 2, key);
        }
    }
    return parameters;
}

}  // namespace

TrialRunner::TrialRunner(std::string_view service, std::string_view operation)
    : service_(service),
      operation_(operation),
      trials_(trials_of(service).at(operation)),
      writes_(writes(service, operation))
{
}

std::shared_ptr<World> TrialRunner::make_world() const
{
    const std::shared_ptr<World> world(new World(world_of(service_).copy()));
    auto& emulator = world->emulator();
    for (const auto delay : trials_.slow) {
        emulator.set_delay(delay, kHourMs);
    }
    emulator.advance(trials_.later_ms);
    let_settle(emulator);
    return world;
}

Effect TrialRunner::run(const Parameters& parameters, int times, TimeMs passes_ms)
{
    Effect effect;
    effect.world = unchanged_ ? unchanged_ : make_world();
    if (!writes_) {
        unchanged_ = effect.world;
    }
    auto& emulator = effect.world->emulator();
    RowRecorder recorder(emulator.generation());
    const auto resolved = effect.world->resolve(parameters);
    for (int i = 0; i < times; ++i) {
        effect.answer =
            call_service(emulator, service_, operation_, resolved, kAccount, trials_.region);
    }
    emulator.advance(passes_ms);
    let_settle(emulator);
    effect.changes = recorder.changes();
    return effect;
}

const Effect& TrialRunner::run_once(const Parameters& parameters, int times, TimeMs passes_ms)
{
    const std::tuple key(parameters, times, passes_ms);
    auto found = effects_.find(key);
    if (found == effects_.end()) {
        found = effects_.emplace(key, run(parameters, times, passes_ms)).first;
    }
    return found->second;
}

const RowName* TrialRunner::find_told_difference(const Effect& one, const Effect& other) const
{
    std::set<std::pair<std::string_view, Parameters>> asked;
    for (const auto* row : differing_rows(one.changes, other.changes)) {
        for (const auto& [service, telling] : all_tellings()) {
            if (telling.table != row->table) {
                continue;
            }
            const auto& key = row->key.at(std::string(telling.column));
            const auto parameters = of_row(telling.parameters, key);
            if (!asked.emplace(telling.action, parameters).second) {
                continue;
            }
            const auto tell = [&, &service = service, &telling = telling](const Effect& effect) {
                for (const auto& [action, more] : telling.before) {
                    call_service(effect.world->emulator(), service, action, of_row(more, key),
                                 kAccount, trials_.region);
                }
                return call_service(effect.world->emulator(), service, telling.action, parameters,
                                    kAccount, trials_.region)
                    .text;
            };
            if (tell(one) != tell(other)) {
                return row;
            }
        }
    }
    return nullptr;
}

std::vector<const RowName*> differing_rows(const RowChanges& one, const RowChanges& other)
{
    std::vector<const RowName*> rows;
    for (const auto& [name, values] : one) {
        const auto found = other.find(name);
        if (found == other.end() || found->second != values) {
            rows.push_back(&name);
        }
    }
    for (const auto& [name, values] : other) {
        if (!one.contains(name)) {
            rows.push_back(&name);
        }
    }
    return rows;
}

}  // namespace amilab::test
