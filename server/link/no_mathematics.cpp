// In place of the C library's functions of these names, in the program that is one static file,
// where they are 280 KB: each is there several times over, for processors of several ages, with its
// tables. SQLite refers to them in SQL functions that no statement of ours calls, and our own code
// calls none (server/link/check_names.py). A wrong number would be worse than an end.

#include <cmath>
#include <cstdlib>

// Their header promises that these throw nothing.
extern "C" {

double acos(double /*x*/) noexcept
{
    std::abort();
}

double acosh(double /*x*/) noexcept
{
    std::abort();
}

double asin(double /*x*/) noexcept
{
    std::abort();
}

double asinh(double /*x*/) noexcept
{
    std::abort();
}

double atan(double /*x*/) noexcept
{
    std::abort();
}

double atan2(double /*y*/, double /*x*/) noexcept
{
    std::abort();
}

double atanh(double /*x*/) noexcept
{
    std::abort();
}

double cos(double /*x*/) noexcept
{
    std::abort();
}

double cosh(double /*x*/) noexcept
{
    std::abort();
}

double exp(double /*x*/) noexcept
{
    std::abort();
}

double log(double /*x*/) noexcept
{
    std::abort();
}

double pow(double /*base*/, double /*exponent*/) noexcept
{
    std::abort();
}

double sin(double /*x*/) noexcept
{
    std::abort();
}

double sinh(double /*x*/) noexcept
{
    std::abort();
}

double tan(double /*x*/) noexcept
{
    std::abort();
}

double tanh(double /*x*/) noexcept
{
    std::abort();
}

}  // extern "C"
