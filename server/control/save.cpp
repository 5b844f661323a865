#include "server/control/save.h"

#include <cerrno>
#include <memory>
#include <span>
#include <utility>

#include "server/http/message.h"
#include "storage/base/storage_error.h"
#include "storage/state/generation.h"
#include "storage/state/save.h"
#include "version.h"

namespace amilab::control {

namespace asio = boost::asio;

namespace {

std::shared_ptr<Save> take(Emulator& emulator)
{
    try {
        return std::make_shared<Save>(emulator.data().current(), std::string(kVersion));
    } catch (const StorageError& error) {
        if (error.error_number == EBUSY) {
            throw http::HttpError(409, error.detail);
        }
        throw;
    }
}

asio::awaitable<void> write_save(std::shared_ptr<Save> save, BodySink& to, Workers& workers)
{
    for (;;) {
        const auto bytes = co_await workers.run([&] { return save->next(); });
        if (bytes.empty()) {
            co_return;
        }
        co_await to.write(bytes);
    }
}

}  // namespace

asio::awaitable<StreamAnswer> save_server(Emulator& emulator, Workers& workers)
{
    auto save = co_await workers.run([&] { return take(emulator); });
    StreamAnswer answer{.content_type = "application/x-amilab-save"};
    answer.write = [save = std::move(save), &workers](BodySink& to) {
        return write_save(save, to, workers);
    };
    co_return answer;
}

}  // namespace amilab::control
