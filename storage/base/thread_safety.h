#pragma once

/// What clang's thread-safety analysis is told; nothing to other compilers. scripts/check runs it.
/// Source: clang, "Thread Safety Analysis" (documented).
#ifdef __clang__
#define AMILAB_THREAD_SAFETY(attribute) __attribute__((attribute))
#else
#define AMILAB_THREAD_SAFETY(attribute)
#endif

/// A class that is a lock; `kind` stands in messages.
#define CAPABILITY(kind) AMILAB_THREAD_SAFETY(capability(kind))
/// A class whose objects hold a lock while they live.
#define SCOPED_CAPABILITY AMILAB_THREAD_SAFETY(scoped_lockable)

/// A member that is read and written only by who holds the lock.
#define GUARDED_BY(lock) AMILAB_THREAD_SAFETY(guarded_by(lock))

/// A function for those who hold the locks already.
#define REQUIRES(...) AMILAB_THREAD_SAFETY(requires_capability(__VA_ARGS__))
/// A function for those who do not: it takes them itself.
#define EXCLUDES(...) AMILAB_THREAD_SAFETY(locks_excluded(__VA_ARGS__))

/// A function that returns with the locks held; without arguments those of its object.
#define ACQUIRE(...) AMILAB_THREAD_SAFETY(acquire_capability(__VA_ARGS__))
#define ACQUIRE_SHARED(...) AMILAB_THREAD_SAFETY(acquire_shared_capability(__VA_ARGS__))
/// A function that does so when it returns its first argument.
#define TRY_ACQUIRE(...) AMILAB_THREAD_SAFETY(try_acquire_capability(__VA_ARGS__))
/// A function that lets go of the locks.
#define RELEASE(...) AMILAB_THREAD_SAFETY(release_capability(__VA_ARGS__))
#define RELEASE_SHARED(...) AMILAB_THREAD_SAFETY(release_shared_capability(__VA_ARGS__))
/// A function that ends the process unless the lock is held.
#define ASSERT_CAPABILITY(lock) AMILAB_THREAD_SAFETY(assert_capability(lock))

/// A function that does right what the analysis cannot follow; a comment says what.
#define NO_THREAD_SAFETY_ANALYSIS AMILAB_THREAD_SAFETY(no_thread_safety_analysis)
