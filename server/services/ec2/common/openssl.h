#pragma once

#include <memory>

namespace amilab::ec2 {

/// Frees what OpenSSL made: Owned<EVP_PKEY, EVP_PKEY_free>.
template <auto kFree>
struct Free {
    template <class T>
    void operator()(T* object) const
    {
        kFree(object);
    }
};

template <class Thing, auto kFree>
using Owned = std::unique_ptr<Thing, Free<kFree>>;

}  // namespace amilab::ec2
