/* Moves the wall clock, and only that, by the seconds (a double) that stand in $QUIZAPP_CLOCK.
   The file is mapped into memory, so that the clock can jump while the program runs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((typeof(name) *)dlsym(RTLD_NEXT, #name))

static volatile const double *offset;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("QUIZAPP_CLOCK");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        void *mapped = mmap(NULL, sizeof(double), PROT_READ, MAP_SHARED, fd, 0);
        offset = mapped == MAP_FAILED ? NULL : mapped;
        close(fd);
    }
}

static double moved(void) { return offset ? *offset : 0; }

int clock_gettime(clockid_t clock, struct timespec *now) {
    int done = REAL(clock_gettime)(clock, now);
    if (done == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += (time_t)floor(moved());
    return done;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int done = REAL(gettimeofday)(now, zone);
    if (done == 0)
        now->tv_sec += (time_t)floor(moved());
    return done;
}

time_t time(time_t *store) {
    time_t now = REAL(time)(NULL) + (time_t)floor(moved());
    if (store)
        *store = now;
    return now;
}
