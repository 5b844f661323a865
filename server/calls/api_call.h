#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/calls/account_limits.h"
#include "server/calls/answered_error.h"
#include "server/calls/operation.h"
#include "server/calls/services.h"
#include "server/wire/api_error.h"

namespace amilab {

struct ApiAnswer {
    int status = 200;
    std::string_view content_type;
    std::string body;
    std::string request_id;
    wire::Headers headers = {};
    /// Of a refusal; for the log and who looks at calls.
    AnsweredError error = {};
    std::string_view request_id_header = {};
};

/// One API call between its parsing and its answer: who calls, which operation, with what. Made on
/// any thread; run once.
class ApiCall {
public:
    /// Whether the header alone told what is asked, and the operation takes the body itself: then
    /// run_stream() runs it, and none of what follows does.
    bool is_stream() const;
    /// Whether run() takes the writer, so that it had better wait its turn on the writer's thread.
    bool writes() const;
    /// Whether something of its account is due, for which it waits: settle_some() until it is not.
    bool finds_due() const;
    /// Whether it only reads, so that it may be stopped half way.
    bool is_read() const { return std::holds_alternative<std::unique_ptr<ReadCall>>(call_); }
    const std::string& account() const { return caller_.account; }
    /// What is answered to a call that was stopped because the server is.
    ApiAnswer give_up() const;
    /// What is answered to a call while clients hold as much memory as they may: it was not run, or
    /// its answer, of which there is no more then, is not sent.
    ApiAnswer refuse_for_memory();
    /// Lets happen some of what is due, as a call that finds it so would. Says whether there was
    /// room for it.
    bool settle_some();
    /// From now on a read throws Interrupted soon after `stop` has become true.
    void stop_when(std::shared_ptr<const std::atomic<bool>> stop) { stop_ = std::move(stop); }
    /// Never throws for anything a client sent, unless it is stopped.
    ApiAnswer run();
    /// Does what run() does, unless it takes more than about a millisecond or has to wait for
    /// another thread: then nothing has happened, and run() does all of it.
    std::optional<ApiAnswer> run_if_quick();
    /// Whether the answer goes on after what run() or run_more() gave.
    bool has_more() const;
    /// The next part of the answer's body. Throws what the operation throws: what was sent cannot
    /// be taken back.
    std::string run_more() { return run_read(Budget::kNone).body; }
    // For the log and who looks at calls: as far as the request told, and as its client has it.
    // Any text.
    /// When its header came, by the clock of the server.
    TimeMs called_ms() const { return called_ms_; }
    /// Of a call that was refused before its operation was known, what it asked for; may be empty.
    std::string_view operation_name() const;
    std::string_view service_name() const;
    /// Without an account when nobody can tell whose the call is.
    const Caller& caller() const { return caller_; }
    std::string_view request_id() const { return request_id_; }
    /// The header that tells it.
    std::string_view request_id_header() const;
    /// Null when they could not be read.
    const wire::Parameters* parameters() const { return parameters_.get(); }

private:
    friend class Emulator;
    friend class StreamRun;
    explicit ApiCall(const Services& services) : services_(&services) {}
    /// Of requests that are forms. Any other is refused with 405.
    static constexpr std::string_view kFormMethods = "GET, HEAD, POST";

    enum class Budget { kNone, kQuick };
    wire::Rendered run_read(Budget budget);
    wire::Rendered run_write();
    wire::Rendered run_quick_write();
    wire::Rendered run_bytes();
    wire::Rendered run_operation();
    /// Runs `work` in a read transaction; throws BudgetExceeded where that is limited.
    void in_read(Budget budget, const std::function<void(Session&)>& work);
    /// Does that within the budget; false when it does not suffice.
    bool in_quick_read(const std::function<void(Session&)>& work);
    void in_write(const std::function<void(Session&)>& work);
    /// Does that at once, within the budget; false, and nothing is written, where somebody else
    /// writes or that does not suffice.
    bool in_quick_write(const std::function<void(Session&)>& work);
    ApiAnswer answer(const std::function<wire::Rendered()>& make) const;
    LimitedCall limited() const;
    /// Runs what settles; on a full disk that is left for later, and false.
    bool settle_if_there_is_room(const std::function<void()>& settle) const;
    void make_rows();
    Session::Context context() const;
    wire::AnswerForm form() const;
    ApiAnswer refuse(const ApiError& error) const;

    const Services* services_;
    std::shared_ptr<Generation> generation_;
    std::string data_path_;
    TimeMs called_ms_ = 0;
    /// As the signature names it; empty without one.
    std::string scope_service_;
    std::string_view body_;
    std::unique_ptr<wire::Parameters> parameters_;
    Caller caller_;
    std::string request_id_;
    std::shared_ptr<const std::atomic<bool>> stop_;
    /// A quick write was tried, and is more than one may be.
    bool is_known_to_take_long_ = false;
    const wire::ServiceSchema* service_ = nullptr;
    const Operation* operation_ = nullptr;
    /// Where there is no operation.
    std::string asked_operation_;
    Call call_;
    std::unique_ptr<ApiError> refusal_;
};

/// The refusal that the client sees for an exception that left a handler; our own mistakes and a
/// broken disk are logged and an InternalError, a full disk is Unavailable.
ApiError to_api_error(std::exception_ptr exception, std::string_view request_id,
                      std::string_view operation, const std::string& data_path);

}  // namespace amilab
