#include "tests/server/services/ec2/key_pairs/key_pairs_trials.h"

#include "server/wire/types.h"
#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

// Keys that were made for these tests; nobody has their private halves.
constexpr const char* kKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk3mkCOIpgXCS8U1xk2xXbx0UG6dE5mMe8aiCwPOIHI a";
constexpr const char* kOtherKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOZk3mkCOIpgXCS8U1xk2xXbx0UG6dE5mMe8aiCwPOIH b";

TrialTable trials()
{
    TrialTable table;
    table["CreateKeyPair"] = {{{"KeyName", "new"}, {"KeyType", "ed25519"}},
                              changes("KeyName", "other") + changes("KeyType", "rsa") +
                                  changes("KeyFormat", "ppk") + tag_trials("key-pair")};
    table["CreateKeyPair"].is_random = true;
    table["ImportKeyPair"] = {
        {{"KeyName", "new"}, {"PublicKeyMaterial", wire::encode_base64(kKey)}},
        changes("KeyName", "other") + changes("PublicKeyMaterial", wire::encode_base64(kOtherKey)) +
            tag_trials("key-pair")};
    table["DescribeKeyPairs"] = describe_operation(
        filter_trials("key-name", "{key_name}") + refused("KeyName.1", "none") +
        refused("KeyPairId.1", "key-0123456789abcdef0") + changes("IncludePublicKey", "true"));
    table["DeleteKeyPair"] = {{{"KeyName", "{key_name}"}},
                              changes("KeyName", "none") + changes("KeyPairId", "{key_pair_2}")};
    return table;
}

std::vector<Telling> tellings()
{
    return {{"key_pair",
             "id",
             "DescribeKeyPairs",
             {{"KeyPairId.1", "{}"}, {"IncludePublicKey", "true"}}}};
}

}  // namespace

void add_key_pairs(World& world)
{
    for (const auto* name : {"", "_2"}) {
        const auto key_name = std::string("pair") + name;
        world.set_id(std::string("key_name") + name, key_name);
        world.set_id(std::string("key_pair") + name,
                     world
                         .must("ImportKeyPair", {{"KeyName", key_name},
                                                 {"PublicKeyMaterial", wire::encode_base64(kKey)}})
                         .text("keyPairId"));
    }
}

constinit const TrialSet kKeyPairsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_key_pairs};

}  // namespace amilab::test
