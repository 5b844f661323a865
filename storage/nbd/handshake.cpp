#include "storage/nbd/handshake.h"

#include <optional>
#include <string>
#include <vector>

#include "storage/nbd/protocol.h"

namespace amilab::nbd {
namespace {

constexpr std::uint32_t kClientFixedNewstyle = 1;
constexpr std::uint32_t kClientNoZeroes = 2;
// A longer option is refused when it can be skipped in no time, else it is no handshake.
constexpr std::uint32_t kMaxOption = Input::kCapacity;
constexpr std::uint32_t kMaxSkippedOption = 1 << 20;

/// What NBD_OPT_INFO or NBD_OPT_GO asks for.
struct ExportRequest {
    std::string name;
    bool wants_name = false;
    bool wants_description = false;
};

std::optional<std::string> take_name(Unpacker& data)
{
    if (data.left() < sizeof(std::uint32_t)) {
        return std::nullopt;
    }
    const auto size = data.take<std::uint32_t>();
    if (size > kMaxName || size > data.left()) {
        return std::nullopt;
    }
    return std::string(data.take_text(size));
}

std::optional<ExportRequest> parse_export_request(Unpacker data)
{
    auto name = take_name(data);
    if (!name || data.left() < sizeof(std::uint16_t)) {
        return std::nullopt;
    }
    const auto count = data.take<std::uint16_t>();
    if (data.left() != count * sizeof(std::uint16_t)) {
        return std::nullopt;
    }
    ExportRequest request{.name = std::move(*name)};
    while (data.left() > 0) {
        const auto info = static_cast<Info>(data.take<std::uint16_t>());
        request.wants_name = request.wants_name || info == Info::kName;
        request.wants_description = request.wants_description || info == Info::kDescription;
    }
    return request;
}

struct ContextRequest {
    std::string name;
    bool has_queries = false;
    bool asks_for_allocation = false;
    bool asks_for_base = false;
};

std::optional<ContextRequest> parse_context_request(Unpacker data)
{
    auto name = take_name(data);
    if (!name || data.left() < sizeof(std::uint32_t)) {
        return std::nullopt;
    }
    ContextRequest request{.name = std::move(*name)};
    const auto count = data.take<std::uint32_t>();
    for (std::uint32_t index = 0; index < count; ++index) {
        const auto query = take_name(data);
        if (!query) {
            return std::nullopt;
        }
        request.has_queries = true;
        request.asks_for_allocation = request.asks_for_allocation || *query == kAllocationContext;
        request.asks_for_base = request.asks_for_base || *query == "base:";
    }
    if (data.left() != 0) {
        return std::nullopt;
    }
    return request;
}

class Handshake {
public:
    Handshake(Stream& stream, Input& input, Exports& exports,
              const std::function<void()>& disconnect)
        : stream_(stream), input_(input), exports_(exports), disconnect_(disconnect)
    {
    }

    std::unique_ptr<Agreement> run()
    {
        stream_.send(Packer<18>()
                         .put(kGreetingMagic)
                         .put(kOptionMagic)
                         .put<std::uint16_t>(kServerFixedNewstyle | kServerNoZeroes)
                         .bytes());
        const auto flags = Unpacker(input_.take(4)).take<std::uint32_t>();
        if ((flags & ~(kClientFixedNewstyle | kClientNoZeroes)) != 0) {
            throw Disconnected();
        }
        has_zeroes_ = (flags & kClientNoZeroes) == 0;
        while (!is_over_) {
            take_option();
        }
        return std::move(agreement_);
    }

private:
    void take_option()
    {
        Unpacker header(input_.take(16));
        if (header.take<std::uint64_t>() != kOptionMagic) {
            throw Disconnected();
        }
        option_ = header.take<std::uint32_t>();
        const auto size = header.take<std::uint32_t>();
        if (size > kMaxOption) {
            if (size > kMaxSkippedOption) {
                throw Disconnected();
            }
            input_.skip(size);
            return reply(OptionReply::kTooBig, "an option of this length is not understood");
        }
        answer(Unpacker(input_.take(size)));
    }

    void answer(Unpacker data)
    {
        switch (static_cast<Option>(option_)) {
            case Option::kExportName:
                return export_name(data);
            case Option::kAbort:
                reply(OptionReply::kAck);
                is_over_ = true;
                return;
            case Option::kList:
                return list(data);
            case Option::kInfo:
            case Option::kGo:
                return info_or_go(data);
            case Option::kStructuredReply:
                if (data.left() != 0) {
                    return reply(OptionReply::kInvalid, "this option has no data");
                }
                has_structured_replies_ = true;
                return reply(OptionReply::kAck);
            case Option::kListMetaContext:
            case Option::kSetMetaContext:
                return meta_context(data);
        }
        reply(OptionReply::kUnsupported, "this option is not offered");
    }

    void export_name(Unpacker data)
    {
        // The one option without a refusal but the end.
        auto found = exports_.open(std::string(data.take_text(data.left())), disconnect_);
        auto* opened = std::get_if<std::shared_ptr<Export>>(&found);
        if (opened == nullptr) {
            throw Disconnected();
        }
        start(std::move(*opened));
        const auto& info = agreement_->opened->info();
        Packer<10> answer;
        answer.put(info.size_bytes).put(transmission_flags(info, has_structured_replies_));
        stream_.send(answer.bytes());
        if (has_zeroes_) {
            stream_.send(std::vector<std::byte>(124));
        }
    }

    void list(Unpacker data)
    {
        if (data.left() != 0) {
            return reply(OptionReply::kInvalid, "this option has no data");
        }
        std::string last;
        std::vector<std::string> names;
        do {
            names = exports_.list(last);
            std::string answers;
            for (const auto& name : names) {
                Packer<4> size;
                size.put(static_cast<std::uint32_t>(name.size()));
                append_reply(answers, OptionReply::kServer, size.bytes(), name);
            }
            stream_.send(std::as_bytes(std::span(answers)));
            last = names.empty() ? "" : names.back();
        } while (names.size() == static_cast<std::size_t>(Exports::kPage));
        reply(OptionReply::kAck);
    }

    void info_or_go(Unpacker data)
    {
        const auto request = parse_export_request(data);
        if (!request) {
            return reply(OptionReply::kInvalid, "the option's lengths do not fit");
        }
        if (static_cast<Option>(option_) == Option::kInfo) {
            const auto found = exports_.find(request->name);
            if (const auto* refusal = std::get_if<Exports::Refusal>(&found)) {
                return reply(OptionReply::kUnknown, *refusal);
            }
            return tell(*request, std::get<ExportInfo>(found));
        }
        auto found = exports_.open(request->name, disconnect_);
        if (const auto* refusal = std::get_if<Exports::Refusal>(&found)) {
            return reply(OptionReply::kUnknown, *refusal);
        }
        start(std::move(std::get<std::shared_ptr<Export>>(found)));
        tell(*request, agreement_->opened->info());
    }

    void tell(const ExportRequest& request, const ExportInfo& info)
    {
        Packer<12> size;
        size.put(Info::kExport)
            .put(info.size_bytes)
            .put(transmission_flags(info, has_structured_replies_));
        std::string answers;
        append_reply(answers, OptionReply::kInfo, size.bytes(), "");
        Packer<14> blocks;
        blocks.put(Info::kBlockSize).put(kMinBlock).put(kPreferredBlock).put(kMaxBlock);
        append_reply(answers, OptionReply::kInfo, blocks.bytes(), "");
        if (request.wants_name) {
            append_reply(answers, OptionReply::kInfo, Packer<2>().put(Info::kName).bytes(),
                         info.name);
        }
        if (request.wants_description) {
            append_reply(answers, OptionReply::kInfo, Packer<2>().put(Info::kDescription).bytes(),
                         info.description());
        }
        append_reply(answers, OptionReply::kAck, {}, "");
        stream_.send(std::as_bytes(std::span(answers)));
    }

    void meta_context(Unpacker data)
    {
        const bool sets = static_cast<Option>(option_) == Option::kSetMetaContext;
        if (sets) {
            allocation_of_.reset();  // even when this one is refused
        }
        if (!has_structured_replies_) {
            return reply(OptionReply::kInvalid, "structured replies come first");
        }
        const auto request = parse_context_request(data);
        if (!request) {
            return reply(OptionReply::kInvalid, "the option's lengths do not fit");
        }
        const auto found = exports_.find(request->name);
        if (const auto* refusal = std::get_if<Exports::Refusal>(&found)) {
            return reply(OptionReply::kUnknown, *refusal);
        }
        const bool lists = !sets && (!request->has_queries || request->asks_for_base);
        std::string answers;
        if (request->asks_for_allocation || lists) {
            Packer<4> id;
            id.put(sets ? kAllocationContextId : 0);
            append_reply(answers, OptionReply::kMetaContext, id.bytes(), kAllocationContext);
            if (sets) {
                allocation_of_ = request->name;
            }
        }
        append_reply(answers, OptionReply::kAck, {}, "");
        stream_.send(std::as_bytes(std::span(answers)));
    }

    void start(std::shared_ptr<Export> opened)
    {
        agreement_ = std::make_unique<Agreement>();
        agreement_->has_structured_replies = has_structured_replies_;
        agreement_->has_block_status = allocation_of_ == opened->info().name;
        agreement_->opened = std::move(opened);
        is_over_ = true;
    }

    void append_reply(std::string& out, OptionReply type, std::span<const std::byte> data,
                      std::string_view text) const
    {
        Packer<20> header;
        header.put(kOptionReplyMagic).put(option_).put(type);
        header.put(static_cast<std::uint32_t>(data.size() + text.size()));
        for (const auto part : {header.bytes(), data}) {
            out.append(reinterpret_cast<const char*>(part.data()), part.size());
        }
        out.append(text);
    }

    void reply(OptionReply type, std::string_view text = "")
    {
        std::string answer;
        append_reply(answer, type, {}, text);
        stream_.send(std::as_bytes(std::span(answer)));
    }

    Stream& stream_;
    Input& input_;
    Exports& exports_;
    const std::function<void()>& disconnect_;
    bool has_zeroes_ = false;
    bool has_structured_replies_ = false;
    std::optional<std::string> allocation_of_;
    std::uint32_t option_ = 0;
    bool is_over_ = false;
    std::unique_ptr<Agreement> agreement_;
};

}  // namespace

std::uint16_t transmission_flags(const ExportInfo& info, bool has_structured_replies)
{
    // Flushes cover what was acknowledged on any connection, so that many may share an export.
    unsigned flags = kFlagHasFlags | kFlagFlush | kFlagMultiConnection;
    flags |=
        info.is_read_only ? kFlagReadOnly : kFlagFua | kFlagTrim | kFlagWriteZeroes | kFlagFastZero;
    flags |= has_structured_replies ? kFlagDoNotFragment : 0;
    return static_cast<std::uint16_t>(flags);
}

std::unique_ptr<Agreement> shake_hands(Stream& stream, Input& input, Exports& exports,
                                       const std::function<void()>& disconnect)
{
    return Handshake(stream, input, exports, disconnect).run();
}

}  // namespace amilab::nbd
