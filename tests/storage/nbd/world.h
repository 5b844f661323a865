#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include "storage/nbd/export.h"
#include "storage/nbd/server.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/storage/nbd/client.h"
#include "tests/support/emulator_fixture.h"
#include "tests/support/wait_until.h"

namespace amilab::nbd::test {

using amilab::test::TestEmulator;
using amilab::test::wait_until;

enum class Store {
    /// A private folder: flushes cost nothing.
    kPrivate,
    /// A kept one, where flushes reach the disk.
    kKept,
};

/// An emulator and its NBD server, on a free port and a Unix socket.
class NbdWorld {
public:
    /// `report` is told what the background could not do.
    explicit NbdWorld(Store store = Store::kPrivate, Server::Options options = {},
                      std::function<void(std::exception_ptr)> report = {});
    ~NbdWorld();

    TestEmulator& emulator() { return emulator_; }
    Server& server() { return *server_; }
    std::uint16_t port() const;
    std::string unix_path() const { return folder_.path() + "/socket"; }
    std::string layers_path() { return emulator_.generation().path() + "/layers"; }

    std::string make_volume(int size_gib = 1, std::string_view account = amilab::test::kAccount);
    std::string make_snapshot(const std::string& volume);
    /// Ends the server, as a signal does.
    void stop();

private:
    TemporaryDirectory folder_;
    TestEmulator emulator_;
    boost::asio::io_context io_context_{1};
    std::optional<Server> server_;
    std::thread thread_;
};

/// Reproducible by AMILAB_SEED.
class Dice {
public:
    Dice();
    std::uint64_t below(std::uint64_t limit);
    Bytes bytes(std::size_t size);

private:
    std::mt19937_64 random_;
};

}  // namespace amilab::nbd::test
