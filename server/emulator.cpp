#include "server/emulator.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <openssl/rand.h>
#include <spdlog/spdlog.h>

#include "server/ebs/upload_traffic.h"
#include "server/ec2/transitions.h"
#include "server/services.h"
#include "server/wire/check.h"
#include "server/wire/json.h"
#include "server/wire/json_request.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"
#include "storage/metadata/transaction.h"
#include "storage/storage_error.h"

namespace amilab {

namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

// Source: the 503 code is EC2's common error Unavailable (documented); the text is amilab's own.
ApiError disk_full(const std::string& data_path)
{
    return {"Unavailable",
            fmt::format("The disk that holds the data directory {} is full. Free space there; "
                        "reads and deletes go on meanwhile.",
                        data_path),
            503};
}

ApiError internal_error()
{
    return {"InternalError", "An internal error has occurred", 500};
}

/// Runs the transitions that are due, and those that they bring about in turn.
void settle_session(Session& session)
{
    for (auto due = session.take_due(); !due.empty(); due = session.take_due()) {
        for (const auto& transition : due) {
            ec2::apply_transition(session, transition);
        }
    }
    session.store_transitions();
}

/// Every row belongs to a region of the catalogue.
void require_region(Session& session)
{
    if (!session.generation().region_exists(session.region())) {
        throw wire::unknown_region(session.region());
    }
}

/// What a call leaves of the reserve is kept for the next one that frees space.
class KeepRest {
public:
    explicit KeepRest(Generation& generation) : generation_(generation) {}
    ~KeepRest() { generation_.make_reserve(); }
    KeepRest(const KeepRest&) = delete;
    KeepRest& operator=(const KeepRest&) = delete;

private:
    Generation& generation_;
};

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

/// One transaction, with what the change schedules for now. session.committed() is left to do.
void write_and_commit(Generation& generation, Session& session,
                      const std::function<void(Session&)>& change)
{
    Transaction transaction(session.db());
    change(session);
    settle_session(session);
    const auto earliest = read_earliest_due_ms(session.db());
    transaction.commit();
    generation.set_earliest_due_ms(earliest);
}

const wire::Parameters& no_parameters()
{
    static const wire::Parameters none("");
    return none;
}

const Operation* find_row(const Service& service, std::string_view name)
{
    const auto found =
        std::find_if(service.operations.begin(), service.operations.end(),
                     [&](const Operation& operation) { return operation.name == name; });
    return found == service.operations.end() ? nullptr : &*found;
}

std::string_view header_of(const ApiRequest& request, std::string_view name)
{
    return request.header ? request.header(name).value_or("") : std::string_view();
}

/// The service by name, else by version, else by action.
const Service& form_service(const wire::Parameters& parameters, std::string_view scope_service)
{
    if (!scope_service.empty()) {
        const auto* service = find_service(scope_service);
        if (service == nullptr) {
            throw ApiError("UnsupportedOperation",
                           fmt::format("amilab does not offer the service {}; docs/coverage.md "
                                       "lists what it offers.",
                                       scope_service));
        }
        return *service;
    }
    const auto* service = find_service_of_version(parameters.find("Version").value_or(""));
    if (service == nullptr) {
        service = find_service_of_action(parameters.find("Action").value_or(""));
    }
    return service != nullptr ? *service : *find_service("ec2");
}

/// Of a request that no signature says the service of: by its target, else by its path; a null
/// pointer when it speaks another protocol.
const Service* find_json_service(const ApiRequest& request)
{
    const auto target = header_of(request, "X-Amz-Target");
    return target.empty() ? find_service_of_route(request.method, request.path)
                          : find_service_of_target(target);
}

}  // namespace

std::string make_request_id()
{
    // Random bytes are drawn by the page: OpenSSL's generator costs microseconds a call.
    thread_local std::array<unsigned char, 4096> pool;
    thread_local std::size_t used = pool.size();
    constexpr std::size_t kBytes = 16;
    if (used == pool.size()) {
        if (RAND_bytes(pool.data(), static_cast<int>(pool.size())) != 1) {
            throw std::runtime_error("OpenSSL has no random bytes");
        }
        used = 0;
    }
    auto* bytes = pool.data() + used;
    used += kBytes;
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fU) | 0x40U);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fU) | 0x80U);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < kBytes; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text += '-';
        }
        text += kDigits[bytes[i] >> 4];
        text += kDigits[bytes[i] & 0x0fU];
    }
    return text;
}

void settle_due(Generation& generation, Generation::Writer& writer)
{
    const auto now_ms = generation.clock().now_ms();
    while (generation.earliest_due_ms() <= now_ms) {
        const Caller nobody;
        Session session(generation, writer, nobody, no_parameters(), "settle");
        Transaction transaction(writer.db());
        for (const auto& due : take_due_transitions(writer.db(), now_ms)) {
            ec2::apply_transition(session, due);
        }
        settle_session(session);
        const auto earliest = read_earliest_due_ms(writer.db());
        transaction.commit();
        generation.set_earliest_due_ms(earliest);
        session.committed();
    }
}

void run_write(Generation& generation, const Caller& caller, const wire::Parameters& parameters,
               std::string_view request_id, const std::function<void(Session&)>& change)
{
    auto writer = generation.writer();
    settle_due(generation, writer);
    Session session(generation, writer, caller, parameters, request_id);
    write_and_commit(generation, session, change);
    session.committed();
}

ApiError to_api_error(std::exception_ptr exception, std::string_view request_id,
                      std::string_view operation, const std::string& data_path)
{
    try {
        std::rethrow_exception(exception);
    } catch (const ApiError& error) {
        return error;
    } catch (const StorageError& error) {
        spdlog::error("{} {}: {}", request_id, operation, error.what());
        return error.is_full_disk() ? disk_full(data_path) : internal_error();
    } catch (const std::exception& error) {
        spdlog::error("{} {}: {}", request_id, operation, error.what());
        return internal_error();
    }
}

Emulator::Emulator(DataDirectory& data, Options options)
    : data_(data), options_(std::move(options)), uploads_(std::make_unique<ebs::UploadTraffic>())
{
}

Emulator::~Emulator() = default;

void Emulator::settle()
{
    const auto generation = data_.current();
    auto writer = generation->writer();
    settle_due(*generation, writer);
}

Caller Emulator::caller_of(const std::optional<wire::CredentialScope>& scope) const
{
    if (!scope) {
        return {options_.default_account, options_.default_region, ""};
    }
    return {wire::is_account_id(scope->access_key) ? scope->access_key : options_.default_account,
            scope->region, scope->access_key};
}

void Emulator::find_operation(ApiCall& call, const ApiRequest& request) const
{
    call.service_ = &find_service("ec2")->schema;
    // The service decides how the rest is read; its requests say it in their signature.
    auto scope = wire::scope_from_authorization(request.authorization);
    if (!scope) {
        scope = wire::scope_from_query(request.query);
    }
    call.caller_ = caller_of(scope);
    const Service* service = scope ? find_service(scope->service) : nullptr;
    if (!scope) {
        service = find_json_service(request);
    }
    if (service != nullptr && is_json(service->schema.protocol)) {
        return find_json_operation(call, request, *service);
    }
    find_form_operation(call, request, scope ? std::string_view(scope->service) : "");
}

void Emulator::find_json_operation(ApiCall& call, const ApiRequest& request,
                                   const Service& service) const
{
    call.service_ = &service.schema;
    if (service.schema.protocol == wire::Protocol::kJson) {
        constexpr int kBadRequest = 400;
        const auto action =
            wire::action_of_target(header_of(request, "X-Amz-Target"), service.schema);
        if (request.method != "POST" || action.empty() ||
            !wire::operation_exists(service.schema, action)) {
            throw wire::unknown_operation(kBadRequest);
        }
        call.schema_ = wire::find_operation(service.schema, action);
        call.operation_ = find_row(service, action);
        if (call.operation_ == nullptr) {
            throw wire::unsupported_json_operation(action);
        }
    } else {
        constexpr int kNotFound = 404;
        call.schema_ = wire::match_route(service.schema, request.method, request.path);
        call.operation_ = call.schema_ != nullptr ? find_row(service, call.schema_->name) : nullptr;
        if (call.operation_ == nullptr) {
            throw wire::unknown_operation(kNotFound);
        }
    }
    call.parameters_ = std::make_unique<wire::Parameters>(wire::read_members(
        service.schema, *call.schema_,
        {request.method, request.path, request.query, request.body, request.header}));
    call.call_ = call.operation_->parse(*call.parameters_);
}

void Emulator::find_form_operation(ApiCall& call, const ApiRequest& request,
                                   std::string_view scope_service) const
{
    const bool is_form = request.content_type.empty() ||
                         request.content_type.substr(0, kFormType.size()) == kFormType;
    if (request.method != "POST" && request.method != "GET" && request.method != "HEAD") {
        throw ApiError(
            "InvalidRequest",
            fmt::format("The method {} is not supported; use GET or POST.", request.method), 405);
    }
    if (!is_form && !request.body.empty()) {
        throw ApiError("InvalidRequest",
                       fmt::format("The content type {} is not supported; use {}.",
                                   request.content_type, kFormType),
                       415);
    }
    call.parameters_ = std::make_unique<wire::Parameters>(request.query, request.body);
    std::string service_name(scope_service);
    if (service_name.empty()) {
        // A form may carry what else a query string does.
        if (const auto credential = call.parameters_->find("X-Amz-Credential")) {
            const auto scope = wire::scope_from_credential(*credential);
            call.caller_ = caller_of(scope);
            service_name = scope.service;
        }
    }
    const auto& service = form_service(*call.parameters_, service_name);
    call.service_ = &service.schema;
    const auto action = wire::action_of(*call.parameters_, service.schema);
    call.operation_ = find_row(service, action);
    if (call.operation_ == nullptr) {
        throw wire::operation_exists(service.schema, action) ? wire::unsupported_operation(action)
                                                             : wire::invalid_action(action);
    }
    call.schema_ = wire::find_operation(service.schema, action);
    call.call_ = call.operation_->parse(*call.parameters_);
}

ApiCall Emulator::parse(const ApiRequest& request) const
{
    ApiCall call;
    call.request_id_ = make_request_id();
    call.generation_ = data_.current();
    call.data_path_ = data_.path();
    call.uploads_ = uploads_.get();
    call.body_ = request.body;
    try {
        find_operation(call, request);
        if (const auto account =
                call.generation_->access_keys().account_of(call.caller_.access_key)) {
            call.caller_.account = *account;
        }
    } catch (const ApiError& error) {
        call.refusal_ = std::make_unique<ApiError>(error);
    }
    return call;
}

std::string_view ApiCall::operation_name() const
{
    return operation_ != nullptr ? operation_->name : std::string_view("-");
}

bool ApiCall::needs_writer() const
{
    if (refusal_ || operation_->access == Access::kBytes) {
        return false;
    }
    return operation_->access == Access::kWrite ||
           generation_->earliest_due_ms() <= generation_->clock().now_ms();
}

ApiAnswer ApiCall::refuse(const ApiError& error) const
{
    if (is_json(service_->protocol)) {
        auto rendered = wire::render_json_error(*service_, error);
        return {error.http_status, wire::json_content_type(*service_), std::move(rendered.body),
                request_id_, std::move(rendered.headers)};
    }
    return {error.http_status, wire::kXmlContentType,
            wire::render_error(*service_, error, request_id_), request_id_};
}

ApiAnswer ApiCall::answer(const std::function<wire::Rendered()>& make) const
{
    if (refusal_) {
        return refuse(*refusal_);
    }
    try {
        auto rendered = make();
        const auto usual = is_json(service_->protocol) ? wire::json_content_type(*service_)
                                                       : wire::kXmlContentType;
        return {schema_->status, rendered.content_type.empty() ? usual : rendered.content_type,
                std::move(rendered.body), request_id_, std::move(rendered.headers)};
    } catch (const BudgetExceeded&) {
        throw;
    } catch (...) {
        return refuse(
            to_api_error(std::current_exception(), request_id_, operation_->name, data_path_));
    }
}

ApiAnswer ApiCall::run()
{
    return answer([this] { return run_operation(); });
}

std::optional<ApiAnswer> ApiCall::run_if_quick()
{
    if (!refusal_ && (operation_->access == Access::kBytes || operation_->is_long)) {
        return std::nullopt;
    }
    try {
        return answer([this] {
            return operation_->access == Access::kRead ? run_read(Budget::kQuick)
                                                       : run_quick_write();
        });
    } catch (const BudgetExceeded&) {
        return std::nullopt;
    }
}

wire::Rendered ApiCall::run_operation()
{
    switch (operation_->access) {
        case Access::kRead:
            return run_read(Budget::kNone);
        case Access::kBytes:
            return run_bytes();
        case Access::kWrite:
            break;
    }
    try {
        return run_write();
    } catch (const StorageError& error) {
        if (!error.is_full_disk() || !operation_->frees_space || !generation_->give_up_reserve()) {
            throw;
        }
    }
    const KeepRest keep_rest(*generation_);
    return run_write();
}

void ApiCall::in_read(Budget budget, const std::function<void(Session&)>& work)
{
    if (generation_->earliest_due_ms() <= generation_->clock().now_ms()) {
        if (budget == Budget::kQuick) {
            throw BudgetExceeded();
        }
        settle_for_read();
    }
    for (;;) {
        {
            auto reader = generation_->reader();
            Session session(*generation_, reader.db(), caller_, *parameters_, request_id_);
            const BudgetScope scope(reader.db(), budget == Budget::kQuick);
            if (budget == Budget::kQuick) {
                session.forbid_waiting();
            }
            require_region(session);
            if (operation_->prerequisite == nullptr ||
                !operation_->prerequisite->missing(session)) {
                return work(session);
            }
        }
        if (budget == Budget::kQuick) {
            throw BudgetExceeded();
        }
        make_prerequisite();
    }
}

wire::Rendered ApiCall::run_read(Budget budget)
{
    wire::Rendered rendered;
    in_read(budget, [&](Session& session) { rendered = call_->run(session, *service_, *schema_); });
    return rendered;
}

wire::Rendered ApiCall::run_bytes()
{
    ByteSession session(
        generation_, body_, *uploads_,
        [this](const ByteSession::Work& work) { in_read(Budget::kNone, work); },
        [this](const ByteSession::Work& work) { in_write(work); });
    return call_->run_bytes(session, *schema_);
}

void ApiCall::settle_for_read()
{
    auto writer = generation_->writer();
    try {
        settle_due(*generation_, writer);
    } catch (const StorageError& error) {
        if (!error.is_full_disk()) {
            throw;
        }
        // Reads go on, with what is due still to come.
        spdlog::warn("{} settle: {}", request_id_, error.what());
    }
}

void ApiCall::make_prerequisite()
{
    auto writer = generation_->writer();
    Session session(*generation_, writer, caller_, *parameters_, request_id_);
    Transaction transaction(writer.db());
    if (operation_->prerequisite->missing(session)) {
        operation_->prerequisite->make(session);
    }
    transaction.commit();
    session.committed();
}

void ApiCall::in_write(const std::function<void(Session&)>& work)
{
    amilab::run_write(*generation_, caller_, *parameters_, request_id_, [&](Session& session) {
        require_region(session);
        work(session);
    });
}

wire::Rendered ApiCall::run_write()
{
    wire::Rendered rendered;
    in_write([&](Session& session) { rendered = call_->run(session, *service_, *schema_); });
    return rendered;
}

wire::Rendered ApiCall::run_quick_write()
{
    auto writer = generation_->writer_if_free();
    if (!writer || generation_->earliest_due_ms() <= generation_->clock().now_ms()) {
        throw BudgetExceeded();
    }
    Session session(*generation_, *writer, caller_, *parameters_, request_id_);
    session.forbid_waiting();
    wire::Rendered rendered;
    try {
        write_and_commit(*generation_, session, [&](Session& quick) {
            const BudgetScope scope(quick.db(), true);
            require_region(quick);
            rendered = call_->run(quick, *service_, *schema_);
        });
    } catch (const StorageError&) {
        throw BudgetExceeded();  // run_operation() knows what to do about it
    }
    session.committed();
    return rendered;
}

}  // namespace amilab
