/* Preloaded into a process: every sync of a file takes $SLOWER microseconds longer, as on a slower disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static useconds_t slower;

__attribute__((constructor)) static void begin(void) {
    const char *by = getenv("SLOWER");
    slower = by ? (useconds_t)atol(by) : 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int fd) {
    usleep(slower);
    return REAL(fsync)(fd);
}

int fdatasync(int fd) {
    usleep(slower);
    return REAL(fdatasync)(fd);
}
