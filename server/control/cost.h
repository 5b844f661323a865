#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "server/calls/emulator.h"
#include "server/calls/stream.h"

/// What AWS would charge for what an account has.
namespace amilab::control {

/// What GET /_amilab/cost asks for.
struct CostQuery {
    std::string account;
    /// Empty: all regions.
    std::string region;
};
/// Throws HttpError 400.
CostQuery parse_cost_query(const Emulator& emulator, std::string_view query);

/// What an account's resources cost, in parts: a JSON document with each resource, lineages of
/// images, and the sums. Parts are of some 256 KiB, each read in transactions of its own. Used by
/// one thread at a time.
class Bill {
public:
    Bill(std::shared_ptr<Generation> generation, CostQuery wanted);
    ~Bill();
    Bill(const Bill&) = delete;
    Bill& operator=(const Bill&) = delete;

    /// Empty at the end. Throws StorageError.
    std::string next();
    bool is_done() const;

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

/// Answers with a Bill. On the io_context's thread.
boost::asio::awaitable<StreamAnswer> list_costs(Emulator& emulator, CostQuery wanted,
                                                Workers& workers);

}  // namespace amilab::control
