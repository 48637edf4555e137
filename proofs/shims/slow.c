/* Every sync takes $QUIZAPP_SYNC_MS longer, as on an ordinary disk; nothing else changes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

#define SLOW(name)                                                                   \
    int name(int fd) {                                                               \
        const char *text = getenv("QUIZAPP_SYNC_MS");                                \
        usleep(text ? atoi(text) * 1000 : 0);                                        \
        return ((typeof(name) *)dlsym(RTLD_NEXT, #name))(fd);                        \
    }
SLOW(fsync)
SLOW(fdatasync)
