/* Lets writes or syncs of the files below $QUIZAPP_WATCHED fail, as the plan in $QUIZAPP_FAULTS says.
   The plan is mapped into memory, so that it can change while the program runs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define REAL(name) ((typeof(name) *)dlsym(RTLD_NEXT, #name))
enum { NOTHING, WRITES, SYNCS };

/* The calls of one kind are counted; `times` of them fail with `code`, from the one numbered `first` on. */
static struct {
    volatile int32_t kind, first, times, code, seen, failed;
} *plan;
static const char *watched;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("QUIZAPP_FAULTS");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    watched = getenv("QUIZAPP_WATCHED");
    if (fd >= 0 && watched) {
        void *mapped = mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        plan = mapped == MAP_FAILED ? NULL : mapped;
        close(fd);
    }
}

static int must_fail(int kind, int fd) {
    char link[64], path[4096];
    if (!plan || plan->kind != kind)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0 || strncmp(path, watched, strlen(watched)) != 0)
        return 0;
    int number = __atomic_add_fetch(&plan->seen, 1, __ATOMIC_SEQ_CST);
    if (number < plan->first || number >= plan->first + plan->times)
        return 0;
    __atomic_add_fetch(&plan->failed, 1, __ATOMIC_SEQ_CST);
    errno = plan->code;
    return 1;
}

#define WRITE_AT(name, off_type)                                                     \
    ssize_t name(int fd, const void *data, size_t length, off_type offset) {         \
        return must_fail(WRITES, fd) ? -1 : REAL(name)(fd, data, length, offset);    \
    }
WRITE_AT(pwrite, off_t)
WRITE_AT(pwrite64, off64_t)

#define SYNC(name)                                                                   \
    int name(int fd) { return must_fail(SYNCS, fd) ? -1 : REAL(name)(fd); }
SYNC(fsync)
SYNC(fdatasync)
