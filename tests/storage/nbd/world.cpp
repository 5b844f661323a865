#include "tests/storage/nbd/world.h"

#include <boost/asio/post.hpp>
#include <functional>
#include <utility>

namespace amilab::nbd::test {

using amilab::test::Parameters;

NbdWorld::NbdWorld(Store store, Server::Options options,
                   std::function<void(std::exception_ptr)> report)
    : emulator_(DataDirectory::Options{
          .path = store == Store::kKept ? std::optional(folder_.path() + "/data") : std::nullopt,
          .seed = amilab::test::test_seed(),
          .catalogue = {},
          .report = std::move(report)})
{
    options.address = "127.0.0.1";
    options.unix_path = unix_path();
    if (!options.report) {
        options.report = [](std::exception_ptr exception) { std::rethrow_exception(exception); };
    }
    server_.emplace(io_context_, emulator_.data(), std::move(options));
    thread_ = std::thread([this] { io_context_.run(); });
}

NbdWorld::~NbdWorld()
{
    stop();
}

std::uint16_t NbdWorld::port() const
{
    const auto uri = server_->uris().front();
    return static_cast<std::uint16_t>(std::stoi(uri.substr(uri.rfind(':') + 1)));
}

std::string NbdWorld::make_volume(int size_gib, std::string_view account)
{
    const Parameters parameters = {{"AvailabilityZone", "us-east-1a"},
                                   {"Size", std::to_string(size_gib)}};
    return emulator_.must("CreateVolume", parameters, account).text("volumeId");
}

std::string NbdWorld::make_snapshot(const std::string& volume)
{
    return emulator_.must("CreateSnapshot", {{"VolumeId", volume}}).text("snapshotId");
}

void NbdWorld::stop()
{
    if (!thread_.joinable()) {
        return;
    }
    boost::asio::post(io_context_, [this] { server_->stop(); });
    thread_.join();
    server_.reset();
}

Dice::Dice() : random_(std::hash<std::string>()(amilab::test::test_seed())) {}

std::uint64_t Dice::below(std::uint64_t limit)
{
    return std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(random_);
}

Bytes Dice::bytes(std::size_t size)
{
    Bytes bytes(size);
    for (auto& byte : bytes) {
        byte = static_cast<std::byte>(random_());
    }
    return bytes;
}

}  // namespace amilab::nbd::test
