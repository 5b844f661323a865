// In place of the C library's functions of these names, in the program that is one static file.
// They would bring in what reads /etc/nsswitch.conf and loads shared libraries of this machine's,
// which may be of another C library. Our own code calls none of them (server/link/check_names.py);
// libcrypto and SQLite refer to them in parts that nobody calls here.

#include <dlfcn.h>
#include <netdb.h>

// Their headers promise that these throw nothing, or say nothing of it.
extern "C" {

int getaddrinfo(const char* /*node*/, const char* /*service*/, const addrinfo* /*hints*/,
                addrinfo** /*found*/)
{
    return EAI_FAIL;
}

void freeaddrinfo(addrinfo* /*found*/) noexcept {}

const char* gai_strerror(int /*code*/) noexcept
{
    return "this program looks up no names";
}

int getnameinfo(const sockaddr* /*address*/, socklen_t /*length*/, char* /*host*/,
                socklen_t /*host_size*/, char* /*service*/, socklen_t /*service_size*/,
                int /*flags*/)
{
    return EAI_FAIL;
}

hostent* gethostbyname(const char* /*name*/)
{
    return nullptr;
}

void* dlopen(const char* /*file*/, int /*mode*/) noexcept
{
    return nullptr;
}

void* dlsym(void* __restrict /*handle*/, const char* __restrict /*name*/) noexcept
{
    return nullptr;
}

int dlclose(void* /*handle*/) noexcept
{
    return -1;
}

char* dlerror() noexcept
{
    static char text[] = "this program loads no libraries";
    return text;
}

int dladdr(const void* /*address*/, Dl_info* /*info*/) noexcept
{
    return 0;
}

}  // extern "C"
