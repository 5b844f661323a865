#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <pugixml.hpp>

#include "server/calls/emulator.h"
#include "server/wire/schema.h"
#include "storage/state/data_directory.h"
#include "storage/state/generation.h"

namespace amilab::test {

inline constexpr const char* kAccount = "123456789012";
inline constexpr const char* kOtherAccount = "210987654321";
inline constexpr const char* kRegion = "us-east-1";
/// 2026-01-02T03:04:05.000Z, where a test's clock stands until it is moved.
inline constexpr TimeMs kStartMs = 1'767'323'045'000;

using Parameters = std::vector<std::pair<std::string, std::string>>;
/// `parameters` with others on top: a name that is there gets the new value.
Parameters merged(Parameters parameters, const Parameters& others);
/// Filter.1 of a Describe call, with one value.
Parameters filter(const std::string& name, const std::string& value);

/// An Authorization header by which a call is of that access key, or account, in a region; nobody
/// has signed it.
std::string authorization_of(std::string_view access_key, std::string_view region,
                             std::string_view service);

/// What a call gave.
struct Answer {
    int status = 0;
    /// Empty when the call succeeded.
    std::string code;
    std::string message;
    std::string body;
    std::string request_id;
    std::shared_ptr<pugi::xml_document> document;

    bool ok() const { return status == 200; }
    /// The answer's own element, below which the paths of the others begin.
    pugi::xml_node root() const { return document->document_element(); }
    /// Text at a path of elements ("volumeSet/item/volumeId"); empty when there is none.
    std::string text(const std::string& path) const;
    /// The texts of all elements that the path leads to.
    std::vector<std::string> texts(const std::string& path) const;
    std::size_t count(const std::string& path) const;
};

/// An emulator within the test's own process, over a private folder unless one is given. Its clock
/// stands still, its seed is AMILAB_SEED or fixed, its delays are 0 until set.
class TestEmulator {
public:
    TestEmulator();
    /// With state in `path`, if there is one.
    explicit TestEmulator(std::optional<std::string> path);
    /// With a catalogue of its own; with state in `path`, if there is one.
    explicit TestEmulator(CatalogueOptions catalogue, std::optional<std::string> path = {});
    explicit TestEmulator(DataDirectory::Options options);
    /// With instances that run on these machines, which outlive it.
    explicit TestEmulator(Machines& machines);
    explicit TestEmulator(Emulator::Options options);

    /// One EC2 call of that account in that region.
    Answer call(std::string_view action, const Parameters& parameters = {},
                std::string_view account = kAccount, std::string_view region = kRegion);
    /// One call of a service that takes forms.
    Answer call_form(const wire::ServiceSchema& service, std::string_view action,
                     const Parameters& parameters, std::string_view account = kAccount,
                     std::string_view region = kRegion);
    /// An EC2 call, and a failure of the test unless it succeeds.
    Answer must(std::string_view action, const Parameters& parameters = {},
                std::string_view account = kAccount, std::string_view region = kRegion);

    void advance(TimeMs delta_ms) { generation().timing().clock.advance(delta_ms); }
    /// `name` is one that the control API knows.
    void set_delay(std::string_view name, TimeMs delay_ms);

    Emulator& emulator() { return emulator_; }
    DataDirectory& data() { return data_; }
    Generation& generation() { return *data_.current(); }

private:
    TestEmulator(DataDirectory::Options options, Emulator::Options emulator);

    DataDirectory data_;
    Emulator emulator_;
};

/// What is served, as TestEmulator serves it.
const Services& test_services();

/// For forms, paths and queries.
std::string url_encoded(std::string_view text);

/// AMILAB_SEED, or the seed that tests have otherwise; printed once.
std::string test_seed();

}  // namespace amilab::test
