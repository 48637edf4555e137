/* Notes every write, sync, truncation and removal below $QUIZAPP_WATCHED in the order they happen.
   A record is one write() to a file opened with O_APPEND, so that other processes can add theirs:
   type (1 byte), length of path (4), offset (8), length of data (8), path, data. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((typeof(name) *)dlsym(RTLD_NEXT, #name))

static int log_fd = -1;
static const char *watched;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("QUIZAPP_WRITES");
    watched = getenv("QUIZAPP_WATCHED");
    if (path && watched)
        log_fd = REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int is_watched(int fd, char *path) {
    char link[64];
    if (log_fd < 0 || fd == log_fd)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, 4095);
    if (length <= 0)
        return 0;
    path[length] = 0;
    return strncmp(path, watched, strlen(watched)) == 0;
}

static void note(char type, const char *path, uint64_t offset, const void *data, uint64_t length) {
    uint32_t path_length = strlen(path);
    struct iovec parts[] = {{&type, 1},   {&path_length, 4},           {&offset, 8}, {&length, 8},
                            {(void *)path, path_length}, {(void *)data, data ? length : 0}};
    if (REAL(writev)(log_fd, parts, 6) < 0)
        abort();
}

#define WRITE_AT(name, off_type)                                                     \
    ssize_t name(int fd, const void *data, size_t length, off_type offset) {         \
        char path[4096];                                                             \
        ssize_t done = REAL(name)(fd, data, length, offset);                         \
        if (done > 0 && is_watched(fd, path))                                        \
            note('w', path, offset, data, done);                                     \
        return done;                                                                 \
    }
WRITE_AT(pwrite, off_t)
WRITE_AT(pwrite64, off64_t)

ssize_t write(int fd, const void *data, size_t length) {
    char path[4096];
    int seen = is_watched(fd, path);
    off64_t offset = seen ? lseek64(fd, 0, SEEK_CUR) : 0;
    ssize_t done = REAL(write)(fd, data, length);
    if (done > 0 && seen && offset >= 0)
        note('w', path, offset, data, done);
    return done;
}

#define SYNC(name)                                                                   \
    int name(int fd) {                                                               \
        char path[4096];                                                             \
        int done = REAL(name)(fd);                                                   \
        if (done == 0 && is_watched(fd, path))                                       \
            note('s', path, 0, NULL, 0);                                             \
        return done;                                                                 \
    }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name, off_type)                                                     \
    int name(int fd, off_type length) {                                              \
        char path[4096];                                                             \
        int done = REAL(name)(fd, length);                                           \
        if (done == 0 && is_watched(fd, path))                                       \
            note('t', path, length, NULL, 0);                                        \
        return done;                                                                 \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

int unlink(const char *path) {
    int done = REAL(unlink)(path);
    if (done == 0 && log_fd >= 0 && strncmp(path, watched, strlen(watched)) == 0)
        note('u', path, 0, NULL, 0);
    return done;
}
