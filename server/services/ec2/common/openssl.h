#pragma once

namespace amilab::ec2 {

/// Frees what OpenSSL made: std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>.
template <auto kFree>
struct Free {
    template <class T>
    void operator()(T* object) const
    {
        kFree(object);
    }
};

}  // namespace amilab::ec2
