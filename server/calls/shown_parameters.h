#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "server/wire/parameters.h"

namespace amilab {

/// Calls `visit` with each value of a call, but for those of its protocol and signature, and with
/// whether it is secret: what AWS's models mark as sensitive, key material, tokens of any kind.
/// Source: `sensitive` in the service models (documented), top-level `Value` for all operations.
void visit_parameters(const wire::Parameters& parameters,
                      const std::function<void(const wire::ParameterNode&, bool)>& visit);

/// What is shown in place of a secret value: its length, "(24 bytes)".
std::string hidden_value(std::string_view value);

/// A call's parameters as they may be shown: long values and long lists end early, of secrets only
/// the length is told, of signatures and tokens of sessions not even that. Takes a few KiB at most.
class ShownParameters {
public:
    ShownParameters() = default;
    explicit ShownParameters(const wire::Parameters& parameters);

    struct One {
        std::string_view path;
        std::string_view value;
        bool is_hidden = false;  ///< `value` tells the length alone
        bool is_cut = false;     ///< of `value` only the beginning is here
    };
    void for_each(const std::function<void(const One&)>& visit) const;

    bool empty() const { return packed_.empty(); }
    /// Whether there are more than for_each() tells.
    bool is_cut() const { return is_cut_; }
    /// In memory, beside the object itself.
    std::size_t bytes() const { return packed_.capacity(); }
    /// As the log has them: `ImageId="ami-..." UserData=(24 bytes)`.
    std::string line() const;

private:
    void add(const wire::ParameterNode& node, bool is_hidden);

    /// Of each its sizes and flags in five bytes, path and value.
    std::string packed_;
    bool is_cut_ = false;
};

}  // namespace amilab
