#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace amilab {

/// Runs `work` on `executor` while the coroutine waits; the coroutine goes on where it was, with
/// the result or the exception. What `work` refers to outlives the wait.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> run_on(boost::asio::any_io_executor executor,
                                                          Work work)
{
    using Result = std::invoke_result_t<Work>;
    std::exception_ptr failure;
    if constexpr (std::is_void_v<Result>) {
        co_await boost::asio::post(
            boost::asio::bind_executor(executor, boost::asio::use_awaitable));
        try {
            work();
        } catch (...) {
            failure = std::current_exception();
        }
        co_await boost::asio::post(boost::asio::use_awaitable);
        if (failure) {
            std::rethrow_exception(failure);
        }
    } else {
        std::optional<Result> result;
        co_await boost::asio::post(
            boost::asio::bind_executor(executor, boost::asio::use_awaitable));
        try {
            result.emplace(work());
        } catch (...) {
            failure = std::current_exception();
        }
        co_await boost::asio::post(boost::asio::use_awaitable);
        if (failure) {
            std::rethrow_exception(failure);
        }
        co_return std::move(*result);
    }
}

}  // namespace amilab
