#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amilab::wire {

/// How a value was written: as text (a form, a path, a header) or as a kind of JSON value.
enum class Form : std::uint8_t { kText, kString, kNumber, kBoolean, kArray, kObject };

/// A value with its place, "Tags.1.Key", as the json protocols' requests are taken apart.
struct NamedValue {
    std::string path;
    /// Empty for arrays and objects.
    std::string value;
    Form form = Form::kText;
};

/// One part of a request: "Filter", "Filter.1" or "Filter.1.Name". Belongs to its Parameters and
/// lives as long. Children are sorted: names by bytes, list members by number.
struct ParameterNode {
    /// The last part alone: "Filter", "1" or "Name"; empty at the root.
    std::string_view name;
    /// From the root on: "Filter.1.Name".
    std::string_view path;
    std::string_view value;
    bool has_value = false;
    Form form = Form::kText;
    /// Where a member of a list stands: one more than the number that `name` is; 0 when it is none.
    /// Gaps are allowed.
    std::uint32_t place = 0;
    /// This node and all below it, which follow it in memory.
    std::uint32_t subtree_size = 1;

    class Iterator {
    public:
        using value_type = ParameterNode;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::forward_iterator_tag;
        using reference = const ParameterNode&;
        using pointer = const ParameterNode*;

        Iterator() = default;
        explicit Iterator(const ParameterNode* at) : at_(at) {}
        const ParameterNode& operator*() const { return *at_; }
        const ParameterNode* operator->() const { return at_; }
        Iterator& operator++()
        {
            at_ += at_->subtree_size;
            return *this;
        }
        Iterator operator++(int)
        {
            const auto before = *this;
            ++*this;
            return before;
        }
        bool operator==(const Iterator&) const = default;

    private:
        const ParameterNode* at_ = nullptr;
    };
    struct Children {
        Iterator first, last;
        Iterator begin() const { return first; }
        Iterator end() const { return last; }
        bool empty() const { return first == last; }
    };

    Children children() const { return {Iterator(this + 1), Iterator(this + subtree_size)}; }
    /// The child of that name; a null pointer when there is none. Linear.
    const ParameterNode* child(std::string_view child_name) const;
};

/// The decoded parameters of one request, as a tree. Not safe from several threads while made.
class Parameters {
public:
    /// Source: all assumed; far above what clients send. A list may be full of members of six
    /// parameters each, so that the family says what is wrong with so many.
    static constexpr std::size_t kMostParameters = 60'000;
    static constexpr std::size_t kMostListMembers = 10'000;
    static constexpr std::size_t kMostLevels = 12;

    /// Reads application/x-www-form-urlencoded texts, a query string and a body; what stands in
    /// both is a duplicate. Takes time n log n in their length. `list_part` is left out where it
    /// stands before a number: "Tags.member.1" is Tags.1.
    /// Throws ApiError: MalformedQueryString (percent-encoding, a nameless value),
    /// InvalidCharacter (not UTF-8), InvalidQueryParameter (duplicates, above the bounds).
    explicit Parameters(std::string_view form, std::string_view more = {},
                        std::string_view list_part = {});
    /// Takes values that have been taken apart already. Throws ApiError (InvalidQueryParameter).
    explicit Parameters(std::vector<NamedValue> values);
    // Nodes view the texts and each other.
    Parameters(const Parameters&) = delete;
    Parameters& operator=(const Parameters&) = delete;

    const ParameterNode& root() const { return nodes_.front(); }
    /// The value of a parameter without dots; nothing when it is not there. Linear.
    std::optional<std::string_view> find(std::string_view name) const;

    /// A text that the same parameters have in any order, list members numbered anew. Leaves out
    /// the parameters that are no members of requests (Action, Version, signatures) and those of
    /// these names. What a repeated client token is compared by.
    std::string canonical(std::initializer_list<std::string_view> excluded = {"ClientToken",
                                                                              "DryRun"}) const;

private:
    struct Entry {
        std::string_view name;
        std::string_view value;
        Form form = Form::kText;
    };

    void build_sorted(std::vector<Entry> entries);
    void decode(std::string_view form, std::string_view list_part, std::vector<Entry>& entries);
    std::string_view without_list_parts(std::string_view name, std::string_view list_part);
    std::string_view decode_text(std::string_view encoded);
    void build(const std::vector<Entry>& entries);
    void append_node(const Entry& entry, std::size_t start, std::size_t end);

    std::string texts_;
    std::vector<NamedValue> values_;
    std::vector<ParameterNode> nodes_;
};

/// Whether `name` belongs to the protocol and its signature, not to an operation: Action, Version,
/// X-Amz-*, AWSAccessKeyId, Signature and so on.
bool is_common_parameter(std::string_view name);

}  // namespace amilab::wire
