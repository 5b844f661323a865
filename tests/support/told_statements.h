#pragma once

#include <functional>
#include <string>
#include <vector>

namespace amilab {
class Background;
}  // namespace amilab

namespace amilab::test {

/// While it lives, every connection that is opened tells which statements it runs: make it before
/// any connection. A call takes any of those that are idle, and the background takes others
/// meanwhile.
class ToldStatements {
public:
    ToldStatements();
    ~ToldStatements();
    ToldStatements(const ToldStatements&) = delete;
    ToldStatements& operator=(const ToldStatements&) = delete;

    /// The texts of all statements that `action` runs on this thread, in their order.
    std::vector<std::string> texts_of(const std::function<void()>& action) const;
    /// The texts of all statements that the background runs from the beginning of `action` until it
    /// has nothing more to do.
    std::vector<std::string> texts_of(Background& background,
                                      const std::function<void()>& action) const;
};

}  // namespace amilab::test
