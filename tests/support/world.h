#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {

/// An emulator with something of every kind in it, and names for what there is: "volume" is the id
/// of a volume that is available. What the names mean stands beside the functions that add them.
class World {
public:
    /// More than the smallest page has room for.
    static constexpr int kOfEach = 6;
    /// One that the world's account and kOtherAccount share things with.
    static constexpr const char* kThirdAccount = "444455556666";
    /// "volume", "volume_2", "volume_3".
    static std::string numbered(const std::string& name, int number);

    /// With nothing in it.
    World() = default;

    TestEmulator& emulator() { return emulator_; }
    const std::map<std::string, std::string>& ids() const { return ids_; }
    /// Throws std::out_of_range for a name that means nothing.
    const std::string& id(const std::string& name) const { return ids_.at(name); }
    void set_id(const std::string& name, std::string id) { ids_[name] = std::move(id); }
    /// Replaces each "{name}" in the values by what it means.
    Parameters resolve(Parameters parameters) const;
    /// An EC2 call with resolved parameters, and a failure of the test unless it succeeds.
    Answer must(std::string_view action, const Parameters& parameters = {},
                std::string_view account = kAccount)
    {
        return emulator_.must(action, resolve(parameters), account);
    }

private:
    friend class PreparedWorld;
    World(std::string folder, std::map<std::string, std::string> ids);

    TestEmulator emulator_;
    std::map<std::string, std::string> ids_;
};

/// A world that is made once; copies of it are a few files, whatever it took to make it.
class PreparedWorld {
public:
    using Part = void (*)(World&);
    /// `parts` add to the world, in this order; the later may use what the earlier made.
    explicit PreparedWorld(std::span<const Part> parts);

    World copy() const;
    /// What each copy has in it.
    const std::map<std::string, std::string>& ids() const { return ids_; }
    std::size_t size_bytes() const;

private:
    struct File {
        /// Below the data directory.
        std::string name;
        std::string bytes;
    };

    void keep_files(World& world);

    std::vector<File> files_;
    std::map<std::string, std::string> ids_;
};

}  // namespace amilab::test
