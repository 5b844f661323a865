#include "server/cli/lab.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json.hpp>

#include "server/cli/complaints.h"
#include "server/cli/ext4_files.h"
#include "server/cli/lab_script.h"
#include "server/cli/lab_session.h"
#include "server/cli/local_server.h"
#include "server/cli/standard_output.h"
#include "server/cli/volume_disk.h"
#include "server/cli/wrong_option.h"
#include "server/labs/checker.h"
#include "server/labs/class_table.h"
#include "server/labs/clean_up.h"
#include "server/labs/lab_error.h"
#include "server/labs/report.h"
#include "server/wire/types.h"
#include "storage/base/clock.h"

namespace amilab::cli {

namespace json = boost::json;

namespace {

/// Whatever keeps a command from its work is not the student's fault, and has an exit code of its
/// own, by which graders tell the two apart.
int looking(const std::function<int()>& work)
{
    try {
        return printing(work);
    } catch (const CannotLook&) {
        throw;
    } catch (const LostOutput&) {
        throw;
    } catch (const WrongOption&) {
        throw;
    } catch (const std::exception& error) {
        throw CannotLook(error.what());
    }
}

int not_yet(const std::string& line)
{
    complain(line);
    return 1;
}

int not_begun(const LabSession& session, const labs::Lab& lab)
{
    // None of what is refused here is the student's.
    session.mark(labs::kCheckBegins);
    const auto others = session.other_regions_of(lab.name);
    session.mark(labs::kCheckEnds);
    if (!others.empty()) {
        return not_yet(
            fmt::format("{} is not begun, but in {} it is: set AWS_REGION to that, or "
                        "use --region",
                        session.where(lab), fmt::join(others, ", ")));
    }
    return not_yet(fmt::format("{} is not begun; amilab lab start {} begins it", session.where(lab),
                               lab.name));
}

/// Who may do what a student's own key may not.
std::string teachers_way(const LabSession& session)
{
    return fmt::format(
        "amilab reset --account {}, with the control token, which a class's teacher has",
        session.account());
}

void require_step(const labs::Lab& lab, const std::optional<unsigned>& step)
{
    if (step && (*step == 0 || *step > lab.sheet.steps.size())) {
        throw WrongOption(
            fmt::format("{} has the steps 1 to {}", lab.name, lab.sheet.steps.size()));
    }
}

std::vector<labs::CheckOutcome> run(const labs::Lab& lab, std::optional<unsigned> step,
                                    const LabSession& session)
{
    const auto open = [&](const std::string& id, const std::string& region) {
        auto place = session.place();
        place.region = region;
        return open_volume(session.endpoint(), session.token(), place, id);
    };
    return labs::run_checks(lab, step, session.client(), session.account(),
                            {.open_volume = open, .open_files = open_ext4});
}

/// Of the steps that are asked for, without the start state's.
std::vector<labs::CheckOutcome> of_steps(std::vector<labs::CheckOutcome> outcomes)
{
    std::erase_if(outcomes, [](const auto& one) { return one.step == 0; });
    return outcomes;
}

bool are_right(const std::vector<labs::CheckOutcome>& outcomes)
{
    return std::all_of(outcomes.begin(), outcomes.end(),
                       [](const auto& one) { return one.is_right; });
}

/// Somebody may have moved the clock, which decides what is deprecated, pending or gone.
void tell_of_clock(std::int64_t server_ms)
{
    constexpr std::int64_t kNoticed = 300'000;
    if (std::abs(server_ms - Clock::wall_ms()) > kNoticed) {
        complain(
            fmt::format("the server's clock stands at {}, not at this machine's time: what depends "
                        "on the time may look wrong",
                        wire::format_timestamp({server_ms})));
    }
}

std::string report(const LabOptions& options, const labs::Lab& lab, const LabSession& session,
                   const std::vector<labs::CheckOutcome>& outcomes)
{
    const labs::Student student{.account = session.account(), .region = session.region()};
    return options.output == "json"    ? labs::json_report(lab, student, outcomes)
           : options.output == "junit" ? labs::junit_report(lab, student, outcomes)
                                       : labs::text_report(lab, student, outcomes);
}

int check_begun(const LabOptions& options, const labs::Lab& lab, const LabSession& session)
{
    session.mark(labs::kCheckBegins);
    const auto start = run(lab, 0, session);
    const auto outcomes = of_steps(run(lab, options.step, session));
    session.mark(labs::kCheckEnds);
    tell_of_clock(session.note_check(lab.name));
    fmt::print("{}", report(options, lab, session, outcomes));
    const auto gone =
        std::find_if(start.begin(), start.end(), [](const auto& one) { return !one.is_right; });
    if (gone != start.end()) {
        return not_yet(fmt::format(
            "the start state of {} is not whole: {}; amilab lab finish {}, then start, begins anew",
            session.where(lab), gone->hint, lab.name));
    }
    return are_right(outcomes) ? 0 : 1;
}

/// Says that other labs are begun in the account, which `what` empties; empty when there are none,
/// or they may go.
std::string in_the_way(const LabOptions& options, const labs::Labs& all, const labs::Lab& lab,
                       const LabSession& session, std::string_view what)
{
    std::string others;
    for (const auto& name : all.names()) {
        if (!options.all && name != lab.name && session.is_begun(name)) {
            others += (others.empty() ? "" : ", ") + name;
        }
    }
    return others.empty() ? std::string()
                          : fmt::format("{} is begun in account {} too, and {}", others,
                                        session.account(), what);
}

int begin_anew_at(const LabOptions& options, const labs::Labs& all, const labs::Lab& lab,
                  LabSession& session)
{
    const auto others =
        in_the_way(options, all, lab, session, "--step empties it: --all ends that as well");
    if (!others.empty()) {
        return not_yet(others);
    }
    if (!session.reset_account()) {
        throw CannotLook(
            fmt::format("--step empties the account, by the control API: it wants the control "
                        "token; without it: {}, then amilab lab start {}",
                        teachers_way(session), lab.name));
    }
    session.begin(lab.name);
    const auto outcome =
        run_sheet(lab, {.has_start = true, .last_step = *options.step - 1}, session, options.work);
    if (outcome.exit_code != 0) {
        return not_yet(fmt::format("step {} of {} ended with {}", outcome.step, session.where(lab),
                                   outcome.exit_code));
    }
    fmt::print("{} stands at the start of step {}\n{}", session.where(lab), *options.step,
               outcome.variables);
    return 0;
}

/// Regions in which a lab's checks look.
std::set<std::string> regions_of(const labs::Lab& lab, const LabSession& session)
{
    std::set<std::string> regions = {session.region()};
    for (const auto& check : lab.checks) {
        if (!check.call.region.empty()) {
            regions.insert(check.call.region);
        }
    }
    return regions;
}

int finish_begun(const labs::Lab& lab, LabSession& session)
{
    if (!session.reset_account()) {
        // What is refused here, such as the end of the default security group, is not the
        // student's.
        session.mark(labs::kCheckBegins);
        const auto left =
            labs::clean_up(session.client(), regions_of(lab, session), mark_of_lab(lab.name));
        session.mark(labs::kCheckEnds);
        for (const auto& line : left) {
            complain(line);
        }
        if (!left.empty()) {
            return not_yet(fmt::format(
                "{} is not finished: what is named above is left; amilab lab finish {} deletes it "
                "once it may go, and at once: {}",
                session.where(lab), lab.name, teachers_way(session)));
        }
        session.end(lab.name);
    }
    fmt::print("{} is finished\n", session.where(lab));
    return 0;
}

void list_one(const labs::Lab& lab)
{
    fmt::print("{:<12} {:>2} steps  {:>3} points  {:>8}  {}\n", lab.name, lab.sheet.steps.size(),
               lab.points(), lab.sheet.minutes > 0 ? fmt::format("{} min", lab.sheet.minutes) : "-",
               lab.sheet.title);
}

json::object lab_object(const labs::Lab& lab)
{
    return {{"name", lab.name},
            {"title", lab.sheet.title},
            {"minutes", lab.sheet.minutes},
            {"steps", lab.sheet.steps.size()},
            {"points", lab.points()}};
}

}  // namespace

int lab_list(const LabOptions& options)
{
    return looking([&] {
        const labs::Labs all(options.folder);
        json::array list;
        int exit_code = 0;
        for (const auto& name : all.names()) {
            try {
                const auto lab = all.find(name);
                if (options.output == "json") {
                    list.push_back(lab_object(lab));
                } else {
                    list_one(lab);
                }
            } catch (const labs::LabFault& fault) {
                complain(fault.what());
                exit_code = CannotLook::kExitCode;
            }
        }
        if (options.output == "json") {
            fmt::print("{}\n", json::serialize(list));
        }
        return exit_code;
    });
}

int lab_sheet(const LabOptions& options)
{
    return looking([&] {
        fmt::print("{}", labs::Labs(options.folder).find(options.name).sheet.shown);
        return 0;
    });
}

int lab_start(const LabOptions& options)
{
    return looking([&] {
        const labs::Labs all(options.folder);
        const auto lab = all.find(options.name);
        require_step(lab, options.step);
        LabSession session(options);
        if (options.step) {
            return begin_anew_at(options, all, lab, session);
        }
        if (!session.begin(lab.name)) {
            return not_yet(fmt::format(
                "{0} is begun already; amilab lab check {1} says what is right so far, amilab lab "
                "finish {1} ends it and deletes all that is in the account",
                session.where(lab), lab.name));
        }
        const auto outcome =
            run_sheet(lab, {.has_start = true, .last_step = 0}, session, options.work);
        if (outcome.exit_code != 0) {
            session.end(lab.name);
            return not_yet(fmt::format(
                "the start state of {} could not be made: it ended with {}; what it had made is "
                "left, and what was there before may be in its way: amilab lab start {} --step 1 "
                "empties the account and begins anew; where that is not allowed: {}",
                session.where(lab), outcome.exit_code, lab.name, teachers_way(session)));
        }
        fmt::print("{} is begun; amilab lab sheet {} prints what to do\n", session.where(lab),
                   lab.name);
        return 0;
    });
}

int lab_check(const LabOptions& options)
{
    return looking([&] {
        const auto lab = labs::Labs(options.folder).find(options.name);
        require_step(lab, options.step);
        const LabSession session(options);
        return session.is_begun(lab.name) ? check_begun(options, lab, session)
                                          : not_begun(session, lab);
    });
}

int lab_solve(const LabOptions& options)
{
    return looking([&] {
        const auto lab = labs::Labs(options.folder).find(options.name);
        require_step(lab, options.step);
        const LabSession session(options);
        if (!session.is_begun(lab.name)) {
            return not_begun(session, lab);
        }
        const auto last = options.step.value_or(static_cast<unsigned>(lab.sheet.steps.size()));
        const auto outcome =
            run_sheet(lab, {.has_start = false, .last_step = last}, session, options.work);
        return outcome.exit_code == 0
                   ? 0
                   : not_yet(fmt::format("step {} of {} ended with {}", outcome.step,
                                         session.where(lab), outcome.exit_code));
    });
}

int lab_finish(const LabOptions& options)
{
    return looking([&] {
        const labs::Labs all(options.folder);
        const auto lab = all.find(options.name);
        LabSession session(options);
        if (!session.is_begun(lab.name)) {
            return not_begun(session, lab);
        }
        const auto others =
            in_the_way(options, all, lab, session, "finishing empties it: --all finishes both");
        return others.empty() ? finish_begun(lab, session) : not_yet(others);
    });
}

int lab_disk(const std::string& file)
{
    return looking([&] {
        const auto stream = labs::built_in_disk();
        write_extents(file, [&](const ControlClient::Sink& sink) {
            sink(std::as_bytes(std::span(stream.data(), stream.size())));
        });
        return 0;
    });
}

}  // namespace amilab::cli
