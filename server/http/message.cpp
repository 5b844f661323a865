#include "server/http/message.h"

#include <utility>

namespace amilab::http {
namespace {

char to_lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

int compare_ignoring_case(std::string_view left, std::string_view right)
{
    if (left.size() != right.size()) {
        return left.size() < right.size() ? -1 : 1;
    }
    for (std::size_t at = 0; at < left.size(); ++at) {
        const auto one = to_lower(left[at]);
        const auto other = to_lower(right[at]);
        if (one != other) {
            return one < other ? -1 : 1;
        }
    }
    return 0;
}

bool equal_ignoring_case(std::string_view left, std::string_view right)
{
    return compare_ignoring_case(left, right) == 0;
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
