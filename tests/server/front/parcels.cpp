#include "tests/server/front/parcels.h"

#include <cerrno>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "server/calls/stream_operation.h"
#include "server/services/services.h"
#include "server/wire/json.h"
#include "server/wire/parcels/parcels.h"
#include "server/wire/parcels/schema.h"
#include "storage/base/storage_error.h"
#include "storage/base/units.h"
#include "storage/state/generation.h"

namespace amilab::test {

namespace asio = boost::asio;
namespace {

ParcelBook& book_of(Generation& generation)
{
    return generation.companions().get<ParcelBook>();
}

/// The parcel "unknown" is refused by its name, "full" by its disk.
asio::awaitable<parcels::StoreParcelResponse> store_parcel(
    StreamSession& session, const parcels::StoreParcelRequest& request)
{
    if (request.parcel_arn == "unknown") {
        throw ApiError("NoSuchParcel", "There is no such parcel.", 404);
    }
    std::string account;
    co_await session.read([&](Session& rows) { account = rows.account(); });
    std::vector<std::byte> chunk(kParcelBytes);
    std::uint64_t bytes = 0;
    while (const auto count = co_await session.body().read_some(chunk)) {
        bytes += count;
    }
    if (request.parcel_arn == "full") {
        throw StorageError(ENOSPC, "write", "a parcel");
    }
    co_await session.write([bytes](Session& rows) {
        rows.after_commit([bytes](Generation& generation) {
            book_of(generation).stored_bytes += bytes;
            ++book_of(generation).stored;
        });
    });
    co_return parcels::StoreParcelResponse{.checksum = fmt::format("{} {}", account, bytes)};
}

asio::awaitable<void> send_zeros(std::uint64_t length, BodySink& sink)
{
    const std::vector<std::byte> zeros(kParcelBytes);
    while (length > 0) {
        const auto part = std::min<std::uint64_t>(length, zeros.size());
        co_await sink.write(std::span(zeros).first(part));
        length -= part;
    }
}

/// Part n of a parcel has n GiB.
asio::awaitable<parcels::FetchParcelResponse> fetch_parcel(
    StreamSession& session, const parcels::FetchParcelRequest& request)
{
    const auto length = static_cast<std::uint64_t>(request.part) * kGiB;
    const auto book =
        std::shared_ptr<ParcelBook>(session.generation(), &book_of(*session.generation()));
    ++book->being_fetched;
    const std::shared_ptr<void> fetched(nullptr, [book](void*) { --book->being_fetched; });
    session.answer_with(
        {.status = 206,
         .content_type = "application/octet-stream",
         .write = [length, fetched](BodySink& sink) { return send_zeros(length, sink); },
         .content_length = length});
    co_return parcels::FetchParcelResponse{.checksum = "zero", .length = std::nullopt};
}

parcels::SendParcelResponse send_parcel(Session&, const parcels::SendParcelRequest& request)
{
    return {.parcel_arn = fmt::format("parcel of {}", request.weight)};
}

parcels::DropParcelResponse drop_parcel(Session&, const parcels::DropParcelRequest&)
{
    return {};
}

constexpr Operation kOperations[] = {
    stream<store_parcel>(parcels::kStoreParcel),
    stream<fetch_parcel>(parcels::kFetchParcel),
    write<send_parcel>(parcels::kSendParcel),
    write<drop_parcel>(parcels::kDropParcel),
};

constexpr Family kParcels{.operations = kOperations};
constexpr const Family* kFamilies[] = {&kParcels};
const Service kParcelService{.schema = parcels::kService, .families = kFamilies};

}  // namespace

std::span<const Service* const> services_with_parcels()
{
    static const std::vector<const Service*> all = [] {
        std::vector<const Service*> services(all_services().begin(), all_services().end());
        services.push_back(&kParcelService);
        return services;
    }();
    return all;
}

}  // namespace amilab::test
