#include "server/http/host_rules.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "server/http/message.h"

namespace amilab::http {
namespace {

asio::ip::address unmapped(const asio::ip::address& address)
{
    return address.is_v6() && address.to_v6().is_v4_mapped()
               ? asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6())
               : address;
}

std::optional<asio::ip::address> numeric_address(std::string_view host)
{
    // The longest IPv6 address has 45 characters; a scope follows some.
    if (host.empty() || host.size() > 64) {
        return std::nullopt;
    }
    boost::system::error_code error;
    const auto address = asio::ip::make_address(std::string(host), error);
    return error ? std::nullopt : std::optional(unmapped(address));
}

bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

bool is_host_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte) ||
           byte == '-' || byte == '.' || byte == '_';
}

bool ends_with_localhost(std::string_view host)
{
    constexpr std::string_view kName = "localhost";
    if (host.size() < kName.size() ||
        !equal_ignoring_case(host.substr(host.size() - kName.size()), kName)) {
        return false;
    }
    return host.size() == kName.size() || host[host.size() - kName.size() - 1] == '.';
}

}  // namespace

std::optional<std::string_view> host_of(std::string_view authority)
{
    auto host = authority;
    std::string_view port;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        host = authority.substr(1, end - 1);
        port = authority.substr(end + 1);
        if (!port.empty() && !port.starts_with(':')) {
            return std::nullopt;
        }
    } else if (const auto colon = authority.find(':'); colon != std::string_view::npos) {
        host = authority.substr(0, colon);
        port = authority.substr(colon);
    }
    const auto is_bracketed = authority.starts_with('[');
    if ((!port.empty() && !std::all_of(port.begin() + 1, port.end(), is_digit)) ||
        (!is_bracketed && !std::all_of(host.begin(), host.end(), is_host_byte))) {
        return std::nullopt;
    }
    if (host.ends_with('.')) {
        host.remove_suffix(1);
    }
    return host.empty() ? std::nullopt : std::optional(host);
}

bool is_loopback(const asio::ip::address& address)
{
    return unmapped(address).is_loopback();
}

bool same_host(std::string_view left, std::string_view right)
{
    if (equal_ignoring_case(left, right)) {
        return true;
    }
    const auto address = numeric_address(left);
    return address && address == numeric_address(right);
}

HostRules::HostRules(std::string_view listen_address, const std::vector<std::string>& allowed_hosts)
    : allowed_{std::string(listen_address)}
{
    const auto address = numeric_address(listen_address);
    listens_everywhere_ = address && address->is_unspecified();
    for (const auto& name : allowed_hosts) {
        // A bare IPv6 address has colons that are no port.
        const auto host =
            numeric_address(name) ? std::optional<std::string_view>(name) : host_of(name);
        if (!host) {
            throw std::runtime_error(fmt::format(
                "{} is no host; expected a name or an address, such as amilab.test", name));
        }
        allowed_.emplace_back(*host);
    }
}

bool HostRules::is_loopback(std::string_view authority)
{
    const auto host = host_of(authority);
    if (!host) {
        return false;
    }
    const auto address = numeric_address(*host);
    return ends_with_localhost(*host) || (address && address->is_loopback());
}

bool HostRules::allows(std::string_view authority) const
{
    const auto host = host_of(authority);
    if (!host) {
        return false;
    }
    return is_loopback(authority) ||
           std::any_of(allowed_.begin(), allowed_.end(),
                       [&](const auto& name) { return same_host(*host, name); });
}

}  // namespace amilab::http
