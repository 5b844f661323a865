#include "server/calls/api_call.h"

#include <fmt/format.h>

#include "server/calls/settle.h"
#include "server/log/log.h"
#include "server/wire/protocols.h"
#include "server/wire/wire_errors.h"
#include "storage/base/memory_budget.h"
#include "storage/base/storage_error.h"
#include "storage/metadata/regions/region_rows.h"
#include "storage/state/generation.h"

namespace amilab {

namespace {

constexpr int kMethodNotAllowed = 405;

// Source: the 503 code is EC2's common error Unavailable (documented); the text is amilab's own.
ApiError disk_full(const std::string& data_path)
{
    return {"Unavailable",
            fmt::format("The disk that holds the data directory {} is full. Free space there; "
                        "reads and deletes go on meanwhile.",
                        data_path),
            503};
}

// Source: the code is EC2's common error (documented); the text is amilab's own.
ApiError stopping()
{
    return {"Unavailable", "The server is being stopped.", 503};
}

// Source: the code is EC2's common error (documented); the text is amilab's own.
ApiError memory_short()
{
    return {"Unavailable", std::string(kMemoryIsShort), 503};
}

ApiError internal_error()
{
    return {"InternalError", "An internal error has occurred", 500};
}

/// Every row belongs to a region of the catalogue, and calls to one that is opted in.
void require_region(Session& session, wire::Protocol protocol)
{
    if (!session.settings().region_exists(session.region())) {
        throw wire::unknown_region(session.region(), protocol);
    }
    if (session.settings().has_opted_out() && is_opted_out(session.db(), session.region())) {
        throw wire::region_not_opted_in();
    }
}

/// About a millisecond of SQLite's work: what a thread that serves all connections may do at once.
constexpr std::int64_t kQuickInstructions = 30'000;

/// Ends before a transaction does: a ROLLBACK must not run out of budget.
class BudgetScope {
public:
    BudgetScope(Database& db, bool is_limited) : db_(db)
    {
        if (is_limited) {
            db_.set_budget(kQuickInstructions);
        }
    }
    ~BudgetScope() { db_.clear_budget(); }
    BudgetScope(const BudgetScope&) = delete;
    BudgetScope& operator=(const BudgetScope&) = delete;

private:
    Database& db_;
};

/// Has statements on the connection stop with the call, where it may be stopped.
class StopScope {
public:
    StopScope(Database& db, const std::atomic<bool>* stop) : db_(stop != nullptr ? &db : nullptr)
    {
        if (db_ != nullptr) {
            db_->stop_when(stop);
        }
    }
    ~StopScope()
    {
        if (db_ != nullptr) {
            db_->stop_when(nullptr);
        }
    }
    StopScope(const StopScope&) = delete;
    StopScope& operator=(const StopScope&) = delete;

private:
    Database* db_;
};

}  // namespace

ApiError to_api_error(std::exception_ptr exception, std::string_view request_id,
                      std::string_view operation, const std::string& data_path)
{
    try {
        std::rethrow_exception(exception);
    } catch (const ApiError& error) {
        return error;
    } catch (const StorageError& error) {
        log::error("{} {}: {}", request_id, operation, error.what());
        return error.is_full_disk() ? disk_full(data_path) : internal_error();
    } catch (const std::exception& error) {
        log::error("{} {}: {}", request_id, operation, error.what());
        return internal_error();
    }
}

std::string_view ApiCall::operation_name() const
{
    return operation_ != nullptr ? operation_->schema->name : std::string_view(asked_operation_);
}

std::string_view ApiCall::service_name() const
{
    return scope_service_.empty() ? service_->name : std::string_view(scope_service_);
}

std::string_view ApiCall::request_id_header() const
{
    return wire::rules_of(service_->protocol).request_id_header;
}

bool ApiCall::is_stream() const
{
    return operation_ != nullptr && operation_->kind == OperationKind::kStream;
}

bool ApiCall::writes() const
{
    return !refusal_ && std::holds_alternative<std::unique_ptr<WriteCall>>(call_);
}

bool ApiCall::finds_due() const
{
    return !refusal_ && amilab::finds_due(*generation_, caller_.account);
}

bool ApiCall::has_more() const
{
    const auto* reading = std::get_if<std::unique_ptr<ReadCall>>(&call_);
    return reading != nullptr && *reading && (*reading)->has_more();
}

Session::Context ApiCall::context() const
{
    return {*services_, *generation_, caller_, *parameters_, request_id_};
}

wire::AnswerForm ApiCall::form() const
{
    const bool is_form = wire::rules_of(service_->protocol).is_form;
    return {*service_, *operation_->schema, request_id_,
            is_form ? parameters_->find("Version").value_or("") : std::string_view()};
}

ApiAnswer ApiCall::refuse(const ApiError& error) const
{
    const auto& rules = wire::rules_of(service_->protocol);
    auto rendered = rules.render_error(*service_, error, request_id_);
    if (error.http_status == kMethodNotAllowed && rules.is_form) {
        // Source: RFC 9110, 15.5.6 (documented): a 405 has an Allow header.
        rendered.headers.emplace_back("Allow", kFormMethods);
    }
    return {error.http_status,           rules.content_type,
            std::move(rendered.body),    request_id_,
            std::move(rendered.headers), {error.code, error.what(), error.parameter},
            rules.request_id_header};
}

ApiAnswer ApiCall::answer(const std::function<wire::Rendered()>& make) const
{
    if (refusal_) {
        return refuse(*refusal_);
    }
    try {
        auto rendered = make();
        const auto usual = wire::rules_of(service_->protocol).content_type;
        return {operation_->schema->status,
                rendered.content_type.empty() ? usual : rendered.content_type,
                std::move(rendered.body),
                request_id_,
                std::move(rendered.headers),
                {},
                request_id_header()};
    } catch (const BudgetExceeded&) {
        throw;
    } catch (const Interrupted&) {
        throw;
    } catch (...) {
        return refuse(
            to_api_error(std::current_exception(), request_id_, operation_name(), data_path_));
    }
}

ApiAnswer ApiCall::give_up() const
{
    return refuse(stopping());
}

ApiAnswer ApiCall::refuse_for_memory()
{
    if (auto* reading = std::get_if<std::unique_ptr<ReadCall>>(&call_)) {
        reading->reset();  // what goes on behind a first part that is not sent
    }
    return refuse(memory_short());
}

ApiAnswer ApiCall::run()
{
    return answer([this] { return run_operation(); });
}

std::optional<ApiAnswer> ApiCall::run_if_quick()
{
    const bool is_bytes = std::holds_alternative<std::unique_ptr<BytesCall>>(call_);
    if (!refusal_ && (is_bytes || operation_->is_long || is_known_to_take_long_)) {
        return std::nullopt;
    }
    try {
        return answer([this] { return is_read() ? run_read(Budget::kQuick) : run_quick_write(); });
    } catch (const BudgetExceeded&) {
        return std::nullopt;
    }
}

wire::Rendered ApiCall::run_operation()
{
    if (is_read()) {
        return run_read(Budget::kNone);
    }
    if (std::holds_alternative<std::unique_ptr<BytesCall>>(call_)) {
        return run_bytes();
    }
    if (!operation_->frees_space) {
        return run_write();
    }
    wire::Rendered rendered;
    with_reserve(*generation_, [&] { rendered = run_write(); });
    return rendered;
}

void ApiCall::in_read(Budget budget, const std::function<void(Session&)>& work)
{
    if (budget == Budget::kNone && finds_due()) {  // else nobody needs the writer
        settle_if_there_is_room([&] { settle_all(*services_, *generation_, caller_.account); });
    }
    auto reader = generation_->reader();
    if (budget == Budget::kQuick && is_due(generation_->timing(), reader.db(), caller_.account)) {
        throw BudgetExceeded();
    }
    Session session(context(), reader.db());
    const BudgetScope budget_scope(reader.db(), budget == Budget::kQuick);
    const StopScope stop_scope(reader.db(), stop_.get());
    if (budget == Budget::kQuick) {
        session.forbid_waiting();
    }
    require_region(session, service_->protocol);
    work(session);
}

bool ApiCall::in_quick_read(const std::function<void(Session&)>& work)
{
    try {
        in_read(Budget::kQuick, work);
        return true;
    } catch (const BudgetExceeded&) {
        return false;
    }
}

wire::Rendered ApiCall::run_read(Budget budget)
{
    auto& call = *std::get<std::unique_ptr<ReadCall>>(call_);
    std::optional<wire::Rendered> rendered;
    for (;;) {
        in_read(budget, [&](Session& session) {
            if (!call.lacks_rows(session)) {
                rendered = call.run(session, form());
            }
        });
        if (rendered) {
            return std::move(*rendered);
        }
        if (budget == Budget::kQuick) {
            throw BudgetExceeded();
        }
        make_rows();
    }
}

wire::Rendered ApiCall::run_bytes()
{
    ByteSession session(
        generation_, body_, [this](const ByteSession::Work& work) { in_read(Budget::kNone, work); },
        [this](const ByteSession::Work& work) { in_write(work); });
    return std::get<std::unique_ptr<BytesCall>>(call_)->run(session, form());
}

bool ApiCall::settle_some()
{
    try {
        return settle_if_there_is_room(
            [&] { amilab::settle_some(*services_, *generation_, caller_.account); });
    } catch (const std::exception&) {
        return false;  // run() meets it too, and says so
    }
}

bool ApiCall::settle_if_there_is_room(const std::function<void()>& settle) const
{
    try {
        settle();
        return true;
    } catch (const StorageError& error) {
        if (!error.is_full_disk()) {
            throw;
        }
        // Reads go on, with what is due still to come.
        log::warn("{} settle: {}", request_id_, error.what());
        return false;
    }
}

void ApiCall::make_rows()
{
    auto& call = *std::get<std::unique_ptr<ReadCall>>(call_);
    // A read is not refused for what an account may hold.
    amilab::run_write(context(), [&](Session& session) {
        require_region(session, service_->protocol);
        if (call.lacks_rows(session)) {
            call.make_rows(session);
        }
    });
}

void ApiCall::in_write(const std::function<void(Session&)>& work)
{
    amilab::run_write(context(), [&](Session& session) {
        require_region(session, service_->protocol);
        within_limits(session, limited(), [&] { work(session); });
    });
}

LimitedCall ApiCall::limited() const
{
    return {*service_, operation_name()};
}

wire::Rendered ApiCall::run_write()
{
    auto& call = *std::get<std::unique_ptr<WriteCall>>(call_);
    wire::Rendered rendered;
    in_write([&](Session& session) { rendered = call.run(session, form()); });
    return rendered;
}

bool ApiCall::in_quick_write(const std::function<void(Session&)>& work)
{
    auto writer = generation_->connections().writer_if_free();
    if (!writer || is_due(generation_->timing(), writer->db(), caller_.account)) {
        return false;
    }
    Session session(context(), writer->db(), writer->ids());
    session.forbid_waiting();
    try {
        write_and_commit(*generation_, session, [&](Session& quick) {
            const BudgetScope scope(quick.db(), true);
            require_region(quick, service_->protocol);
            within_limits(quick, limited(), [&] { work(quick); });
        });
    } catch (const BudgetExceeded&) {
        is_known_to_take_long_ = true;
        return false;
    } catch (const StorageError&) {
        is_known_to_take_long_ = true;  // who may wait knows what to do about it
        return false;
    }
    session.committed();
    return true;
}

wire::Rendered ApiCall::run_quick_write()
{
    auto& call = *std::get<std::unique_ptr<WriteCall>>(call_);
    wire::Rendered rendered;
    if (!in_quick_write([&](Session& session) { rendered = call.run(session, form()); })) {
        throw BudgetExceeded();
    }
    return rendered;
}

}  // namespace amilab
