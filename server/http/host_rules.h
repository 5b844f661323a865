#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace amilab::http {

/// Which names mean this machine. A web page that had its own name resolved to 127.0.0.1 still
/// sends that name as Host, one that posts a form elsewhere its Origin, one that fetches an image
/// its Referer.
class HostRules {
public:
    /// `listen_address` is a numeric address; `allowed_hosts` are names, with or without a port.
    /// Throws std::runtime_error for one that is none.
    HostRules(std::string_view listen_address, const std::vector<std::string>& allowed_hosts);

    /// Whether `authority`, a host with or without a port, is localhost, *.localhost, a loopback
    /// address, the listening address or an allowed name. Any port will do.
    bool allows(std::string_view authority) const;
    /// Whether `authority` can mean this machine alone: localhost, *.localhost, a loopback address.
    /// By any other name it may be reached from pages that a browser takes for the net's, which
    /// then says less of where a request comes from.
    static bool is_loopback(std::string_view authority);
    /// Whether it listens on every address, so that the one a client reached is allowed as well.
    bool listens_everywhere() const { return listens_everywhere_; }

private:
    std::vector<std::string> allowed_;
    bool listens_everywhere_ = false;
};

/// The host in "host", "host:port", "[v6]" or "[v6]:port", without brackets, final dot or port;
/// nothing when it has another form.
std::optional<std::string_view> host_of(std::string_view authority);

/// Whether the address is reached from this machine alone; ::ffff:127.0.0.1 is 127.0.0.1 as well.
bool is_loopback(const boost::asio::ip::address& address);

/// Whether both are the same name, or the same address in whatever spelling.
bool same_host(std::string_view left, std::string_view right);

}  // namespace amilab::http
