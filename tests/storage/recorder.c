/* Preloaded into a process: writes down every write, truncation and sync of the files whose path begins with
 * $RECORD_UNDER, in order, into the file $RECORD_TO. One record: op, path length, offset, data length, path, data. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int record = -1;
static const char *under;

__attribute__((constructor)) static void begin(void) {
    under = getenv("RECORD_UNDER");
    const char *to = getenv("RECORD_TO");
    if (under && to) record = open(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int path_of(int fd, char *path) {
    char link[64];
    if (record < 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, 4095);
    if (n <= 0) return 0;
    path[n] = 0;
    if (strncmp(path, under, strlen(under)) != 0) return 0;
    return n < 4 || strcmp(path + n - 4, "-shm") != 0; /* shared memory: rebuilt after a crash */
}

static void note(char op, const char *path, uint64_t offset, const void *data, uint64_t length) {
    uint64_t head[4] = {(uint64_t)op, strlen(path), offset, length};
    struct iovec parts[3] = {{head, sizeof head}, {(void *)path, head[1]}, {(void *)data, data ? length : 0}};
    if (writev(record, parts, 3) < 0) abort();
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OBSERVED(result, call, fd, op, offset, data, length) \
    char path[4096]; \
    if (!path_of(fd, path)) return call; \
    pthread_mutex_lock(&lock); \
    result = call; \
    if (done >= 0) note(op, path, offset, data, length); \
    pthread_mutex_unlock(&lock); \
    return done

ssize_t write(int fd, const void *data, size_t length) {
    OBSERVED(ssize_t done, REAL(write)(fd, data, length), fd, 'a', 0, data, (uint64_t)done);
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t at) {
    OBSERVED(ssize_t done, REAL(pwrite)(fd, data, length, at), fd, 'w', (uint64_t)at, data, (uint64_t)done);
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) {
    OBSERVED(ssize_t done, REAL(pwrite64)(fd, data, length, at), fd, 'w', (uint64_t)at, data, (uint64_t)done);
}
int ftruncate(int fd, off_t length) {
    OBSERVED(int done, REAL(ftruncate)(fd, length), fd, 't', (uint64_t)length, NULL, 0);
}
int ftruncate64(int fd, off64_t length) {
    OBSERVED(int done, REAL(ftruncate64)(fd, length), fd, 't', (uint64_t)length, NULL, 0);
}
int fsync(int fd) { OBSERVED(int done, REAL(fsync)(fd), fd, 's', 0, NULL, 0); }
int fdatasync(int fd) { OBSERVED(int done, REAL(fdatasync)(fd), fd, 's', 0, NULL, 0); }
