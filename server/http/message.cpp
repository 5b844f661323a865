#include "server/http/message.h"

#include <algorithm>
#include <utility>

namespace amilab::http {
namespace {

char to_lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

bool equal_ignoring_case(std::string_view left, std::string_view right)
{
    return left.size() == right.size() &&
           std::equal(left.begin(), left.end(), right.begin(),
                      [](char one, char other) { return to_lower(one) == to_lower(other); });
}

std::optional<std::string_view> Request::header(std::string_view name) const
{
    for (const auto& header : headers) {
        if (equal_ignoring_case(header.name, name)) {
            return header.value;
        }
    }
    return std::nullopt;
}

HttpError::HttpError(int status_, const std::string& text, std::vector<Header> headers_)
    : std::runtime_error(text), status(status_), headers(std::move(headers_))
{
}

Response plain_text(int status, std::string_view text)
{
    Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body.reserve(text.size() + 1);
    response.body.append(text).push_back('\n');
    return response;
}

Response plain_refusal(const Request& /*request*/, const HttpError& error)
{
    auto response = plain_text(error.status, error.what());
    response.headers = error.headers;
    return response;
}

}  // namespace amilab::http
