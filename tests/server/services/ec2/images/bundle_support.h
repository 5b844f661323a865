#pragma once

#include <string>

#include "tests/support/emulator_fixture.h"
#include "tests/support/s3_caller.h"

/// Bundles of images whose root is on the instance store.
namespace amilab::test {

/// The manifest of an x86_64 image in two parts.
inline std::string bundle_manifest()
{
    return "<?xml version=\"1.0\"?><manifest><version>2007-10-10</version><machine_configuration>"
           "<architecture>x86_64</architecture></machine_configuration><image><name>image</name>"
           "<bundled_size>10</bundled_size><parts count=\"2\">"
           "<part index=\"0\"><filename>image.part.0</filename>"
           "<digest algorithm=\"SHA1\">f7ff9e8b7bb2e09b70935a5d785e0cc5d9d0abf0</digest></part>"
           "<part index=\"1\"><filename>image.part.1</filename>"
           "<digest algorithm=\"SHA1\">7c211433f02071597741e6ff5a8ea34789abbf43</digest></part>"
           "</parts></image><signature>signature</signature></manifest>";
}

/// Makes the bucket and puts that image into it, its manifest at "<bucket>/image.manifest.xml".
inline void put_bundle(TestEmulator& aws, const std::string& bucket = "bucket")
{
    const S3Caller s3(aws);
    s3.must("PUT", "/" + bucket);
    s3.must("PUT", "/" + bucket + "/image.part.0", "Hello");
    s3.must("PUT", "/" + bucket + "/image.part.1", "world");
    s3.must("PUT", "/" + bucket + "/image.manifest.xml", bundle_manifest());
}

}  // namespace amilab::test
