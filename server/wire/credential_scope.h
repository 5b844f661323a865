#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace amilab::wire {

/// Who signed a request, and for what. Nothing is verified here.
struct CredentialScope {
    std::string access_key;
    /// "20260102"
    std::string date;
    std::string region;
    std::string service;
};

/// Reads an Authorization header's AWS4-HMAC-SHA256 Credential, or S3's older "AWS key:signature",
/// which names no region ("Signing and authenticating REST requests", documented); nothing when the
/// header is empty.
/// Throws ApiError (IncompleteSignature) when it is another scheme or lacks a part.
/// Source: the texts are AWS's (observed).
std::optional<CredentialScope> scope_from_authorization(std::string_view header);

/// Reads the decoded X-Amz-Credential parameter of a presigned request.
/// Throws ApiError (IncompleteSignature).
CredentialScope scope_from_credential(std::string_view credential);
/// The decoded value of a parameter in an undecoded query string; nothing when it is missing or
/// broken.
std::optional<std::string> value_in_query(std::string_view query, std::string_view name);
/// The scope in an undecoded query string; nothing when X-Amz-Credential is missing or broken.
std::optional<CredentialScope> scope_from_query(std::string_view query);
/// The scope of a request that is presigned in S3's older way, which names no region; nothing for
/// any other. Source: "Signing and authenticating REST requests", query string request
/// authentication alternative (documented); SDKs still presign so unless they are told otherwise.
std::optional<CredentialScope> scope_from_old_query(std::string_view query);

}  // namespace amilab::wire
