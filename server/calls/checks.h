#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amilab {

/// What is wrong with a request: STS and IAM say all of it at once.
/// Source: ValidationError and the constraints' texts are observed.
class Checks {
public:
    void require(const std::optional<std::string>& value, std::string_view path);
    void length(std::string_view value, std::string_view path, std::int64_t least,
                std::int64_t most);
    void range(std::int64_t value, std::string_view path, std::int64_t least, std::int64_t most);
    void count(std::size_t count, std::string_view path, std::size_t most);
    /// Whether the value `fits` the pattern that messages name.
    void matches(bool fits, std::string_view value, std::string_view path,
                 std::string_view pattern);
    /// `allowed` are ASCII characters beside letters and digits; `pattern` is what messages call
    /// it.
    void characters(std::string_view value, std::string_view path, std::string_view allowed,
                    std::string_view pattern, bool is_ascii = true);

    /// Throws ApiError (ValidationError) unless all was right.
    void finish() const;

private:
    void fail(std::string_view value, std::string_view path, std::string_view constraint);

    std::vector<std::string> failures_;
};

}  // namespace amilab
