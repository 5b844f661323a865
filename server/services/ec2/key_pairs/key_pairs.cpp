#include "server/services/ec2/key_pairs/key_pairs.h"

#include "server/calls/account_limits.h"
#include "server/calls/byte_session.h"
#include "server/calls/request_values.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/key_pairs/errors.h"
#include "server/services/ec2/key_pairs/key_material.h"
#include "server/wire/ec2/key_pairs/key_pairs.h"
#include "server/wire/ec2/schema.h"
#include "storage/state/generation.h"

namespace amilab::ec2 {

namespace {

// Source: Amazon EC2 endpoints and quotas (documented).
constexpr std::int64_t kMostKeyPairs = 5000;

/// Source: no spaces at either end (documented), nor other white space (assumed).
void check_name(std::string_view name)
{
    constexpr std::string_view kSpaces = " \t\r\n";
    check_new_name(name, "KeyName");
    if (kSpaces.find(name.front()) != std::string_view::npos ||
        kSpaces.find(name.back()) != std::string_view::npos) {
        throw key_name_not_trimmed(name);
    }
}

PublicKey parse_public_key(const std::string& material)
{
    check_ascii(material, "PublicKeyMaterial", kMaxPublicKeyMaterialBytes);
    auto key = import_public_key(material);
    if (!key) {
        throw public_key_malformed();
    }
    return std::move(*key);
}

void require_room(Session& session, std::string_view name)
{
    if (find_own<kKeyPairList, &KeyPairRow::name>(session, name)) {
        throw key_pair_name_taken();
    }
    if (count_own<kKeyPairList>(session) >= kMostKeyPairs) {
        throw too_many_in_region("KeyPairLimitExceeded", kMostKeyPairs, "key pairs");
    }
}

/// Before the key is made: what its row and its tags will be refused for in the end.
void require_room(ByteSession& session, const CreateKeyPairRequest& request, std::size_t tags)
{
    const auto ask = [&](Session& asking) {
        require_room(asking, request.key_name);
        require_room_for_rows(asking, {kService, CreateKeyPairRequest::kOperation},
                              asking.account(), static_cast<std::int64_t>(1 + tags));
    };
    // Only who writes has counts of what accounts have.
    session.generation().settings().account_limits().rows ? session.write(ask) : session.read(ask);
}

KeyPairRow store_key(Session& session, const std::string& name, const PublicKey& key,
                     const std::vector<TagRow>& tags)
{
    require_room(session, name);
    KeyPairRow row{.name = name,
                   .type = key.type,
                   .public_key = key.openssh,
                   .fingerprint = key.fingerprint,
                   .create_time_ms = session.now_ms()};
    if (!insert_own<kKeyPairColumns>(session, row, tags)) {
        throw key_pair_name_taken();
    }
    return row;
}

KeyPairInfo to_answer(const KeyPairRow& row)
{
    const PublicKey key{
        .type = row.type, .openssh = row.public_key, .fingerprint = row.fingerprint};
    return {.create_time = Timestamp{row.create_time_ms},
            .key_fingerprint = row.fingerprint,
            .key_name = row.name,
            .key_pair_id = row.id.text(),
            .key_type = std::string(text_of(row.type)),
            .public_key = public_key_line(key, row.name)};
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeKeyPairs,
    .ids = {.member = &DescribeKeyPairsRequest::key_pair_ids,
            .check = &check_ids<KeyPairId>,
            .require = &require_listed<kKeyPairList, KeyPairId, not_found>},
    .resolve = &add_named<&DescribeKeyPairsRequest::key_names, &require_key_pair>,
    .select = &select_page<kKeyPairList>,
    .answers = &answers_with_tags<&to_answer, KeyPairRow>,
    .into = &DescribeKeyPairsResponse::key_pairs};

}  // namespace

KeyPairRow require_key_pair(Session& session, std::string_view name)
{
    return require_own<kKeyPairList, &KeyPairRow::name, key_pair_not_found>(session, name);
}

// Source: EC2 API Reference, CreateKeyPair (documented). The key is made on a worker, with no
// transaction open: an RSA key takes tens of milliseconds.
CreateKeyPairResponse create_key_pair(ByteSession& session, const CreateKeyPairRequest& request)
{
    check_name(request.key_name);
    const auto tags = parse_tags<KeyPairId>(request.tag_specifications);
    stop_if_dry_run(request);
    require_room(session, request, tags.size());
    const auto created =
        create_key(to_word<KeyType>(request.key_type, KeyType::kRsa),
                   to_word<KeyFormat>(request.key_format, KeyFormat::kPem), request.key_name);
    CreateKeyPairResponse response;
    session.write([&](Session& writing) {
        const auto row = store_key(writing, request.key_name, created.public_key, tags);
        response = {.key_fingerprint = row.fingerprint,
                    .key_material = std::string(created.material.text()),
                    .key_name = row.name,
                    .key_pair_id = row.id.text(),
                    .tags = tags_of(writing, row.id.text())};
    });
    return response;
}

// Source: EC2 API Reference, ImportKeyPair (documented).
ImportKeyPairResponse import_key_pair(Session& session, const ImportKeyPairRequest& request)
{
    check_name(request.key_name);
    const auto key = parse_public_key(request.public_key_material.bytes);
    const auto tags = parse_tags<KeyPairId>(request.tag_specifications);
    stop_if_dry_run(request);
    const auto row = store_key(session, request.key_name, key, tags);
    return {.key_fingerprint = row.fingerprint,
            .key_name = row.name,
            .key_pair_id = row.id.text(),
            .tags = tags_of(session, row.id.text())};
}

// Source: EC2 API Reference, DescribeKeyPairs (documented); key pairs named by name and by id are
// described together, and one unknown name or id fails the call (assumed).
DescribeKeyPairsResponse describe_key_pairs(Session& session,
                                            const DescribeKeyPairsRequest& request)
{
    auto response = describe<kDescribe>(session, request);
    if (!request.include_public_key.value_or(false)) {
        for (auto& key_pair : response.key_pairs) {
            key_pair.public_key.reset();
        }
    }
    return response;
}

// Source: EC2 API Reference, DeleteKeyPair (documented). One that is not there is no failure
// (observed), and has no id in the answer (assumed).
DeleteKeyPairResponse delete_key_pair(Session& session, const DeleteKeyPairRequest& request)
{
    const bool by_id = is_given(request.key_pair_id);
    if (!by_id && !is_given(request.key_name)) {
        throw key_pair_not_named();
    }
    const auto id = by_id ? std::optional(parse_id<KeyPairId>(*request.key_pair_id)) : std::nullopt;
    stop_if_dry_run(request);
    const auto row = id ? find_own<kKeyPairList, &KeyPairRow::id>(session, *id)
                        : find_own<kKeyPairList, &KeyPairRow::name>(session, *request.key_name);
    DeleteKeyPairResponse response{.return_value = true};
    if (row) {
        delete_own<kKeyPairColumns>(session, row->id);
        response.key_pair_id = row->id.text();
    }
    return response;
}

namespace {

constexpr Operation kOperations[] = {
    move_bytes<create_key_pair>(kCreateKeyPair),
    write<import_key_pair>(kImportKeyPair),
    read<describe_key_pairs>(kDescribeKeyPairs),
    write<delete_key_pair>(kDeleteKeyPair, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<KeyPairId, not_found>(kTaggableByOwner<kKeyPairColumns>),
};

}  // namespace

constinit const Family kKeyPairs{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
