/*
 * Stands between a process and its disk: loaded with LD_PRELOAD, it writes down every change to the files under one folder,
 * in order, and can let the nth call fail. Files mapped into memory (SQLite's -shm) are not seen.
 *
 * DISK_SHIM_FOLDER  the folder; its own name without a slash at the end
 * DISK_SHIM_LOG     where to append what was done; without it nothing is written down
 * DISK_SHIM_SYNC    the number of the sync that fails, counted from the start; for a process that does not arm the shim itself
 *
 * A line of the log, little-endian: operation (1 byte), file (4), number (8), length (4), then so many bytes. A file is named
 * by the serial number of its opening. What the operations mean is in disk-log.ts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum operation { START = 1, OPEN, WRITE, TRUNCATE, SYNC, SYNC_FAILED, UNLINK, RENAME, LINK, MKDIR, RMDIR };
/* What can be made to fail; the same numbers are in faulty-disk.ts. */
enum kind { OPENING = 1, WRITING = 2, SYNCING = 4, TRUNCATING = 8, NAMING = 16, READING = 32 };

#define MAX_FILES 4096
static uint32_t files[MAX_FILES];
static uint32_t opened;
/* What the process tells of itself is written down as well, and never fails. */
static uint32_t told;
static char folder[PATH_MAX];
static int log_file = -1;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static struct {
  int kinds, error, seen, nth;
} fault;

/* From now on the nth call of these kinds fails with this error. */
void disk_shim_arm(int kinds, int nth, int error) {
  fault.kinds = kinds;
  fault.nth = nth;
  fault.error = error;
  fault.seen = 0;
}

/* Nothing fails any more; how many calls of those kinds there were. */
int disk_shim_disarm(void) {
  fault.kinds = 0;
  return fault.seen;
}

static int fails(enum kind kind) {
  if (!(fault.kinds & kind) || ++fault.seen != fault.nth) return 0;
  errno = fault.error;
  return 1;
}

#define REAL(name, type, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static void put(const void *bytes, size_t length) {
  for (const char *at = bytes; length > 0;) {
    ssize_t done = syscall(SYS_write, log_file, at, length);
    if (done <= 0) abort();
    at += done;
    length -= done;
  }
}

static void note(enum operation operation, uint32_t file, uint64_t number, const void *bytes, size_t length) {
  if (log_file < 0) return;
  int before = errno;
  unsigned char head[17];
  uint32_t size = length;
  head[0] = operation;
  memcpy(head + 1, &file, 4);
  memcpy(head + 5, &number, 8);
  memcpy(head + 13, &size, 4);
  put(head, sizeof head);
  put(bytes, length);
  errno = before;
}

static void note_names(enum operation operation, const char *from, const char *to) {
  char both[2 * PATH_MAX];
  size_t first = strlen(from) + 1;
  memcpy(both, from, first);
  strcpy(both + first, to);
  note(operation, 0, 0, both, first + strlen(to));
}

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("DISK_SHIM_FOLDER"), *log = getenv("DISK_SHIM_LOG"), *sync = getenv("DISK_SHIM_SYNC");
  if (path) strncpy(folder, path, sizeof folder - 1);
  if (log) log_file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (sync) disk_shim_arm(SYNCING, atoi(sync), EIO);
  note(START, 0, 0, "", 0);
}

static int watched(const char *path) {
  size_t length = strlen(folder);
  return length > 0 && strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static uint32_t file_of(int fd) { return fd >= 0 && fd < MAX_FILES ? files[fd] : 0; }
static int may_fail(uint32_t file) { return file != 0 && file != told; }

static int open_watched(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
  if (!watched(path)) return real(path, flags, mode);
  size_t length = strlen(path);
  int telling = length > 5 && strcmp(path + length - 5, "/told") == 0;
  pthread_mutex_lock(&turn);
  int fd = !telling && fails(OPENING) ? -1 : real(path, flags, mode);
  if (fd >= 0 && fd < MAX_FILES) {
    files[fd] = ++opened;
    if (telling) told = opened;
    note(OPEN, opened, flags, path, length);
  }
  pthread_mutex_unlock(&turn);
  return fd;
}

static mode_t mode_in(int flags, va_list more) { return flags & O_CREAT ? va_arg(more, mode_t) : 0; }

#define OPENS(name) \
  int name(const char *path, int flags, ...) { \
    REAL(#name, int, const char *, int, ...); \
    va_list more; \
    va_start(more, flags); \
    mode_t mode = mode_in(flags, more); \
    va_end(more); \
    return open_watched(real, path, flags, mode); \
  }
OPENS(open)
OPENS(open64)

int close(int fd) {
  REAL("close", int, int);
  if (fd >= 0 && fd < MAX_FILES) files[fd] = 0;
  return real(fd);
}

/* A write that fails has left its first half, as one does on a disk that runs full. */
static ssize_t write_at(int fd, const void *bytes, size_t length, off64_t at, int sequential) {
  REAL("pwrite64", ssize_t, int, const void *, size_t, off64_t);
  uint32_t file = file_of(fd);
  pthread_mutex_lock(&turn);
  if (sequential) at = lseek64(fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
  int failing = may_fail(file) && fails(WRITING), error = errno;
  ssize_t done = sequential ? syscall(SYS_write, fd, bytes, failing ? length / 2 : length)
                            : real(fd, bytes, failing ? length / 2 : length, at);
  if (done > 0) note(WRITE, file, at, bytes, done);
  pthread_mutex_unlock(&turn);
  if (!failing) return done;
  errno = error;
  return -1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  REAL("pwrite64", ssize_t, int, const void *, size_t, off64_t);
  return file_of(fd) ? write_at(fd, bytes, length, at, 0) : real(fd, bytes, length, at);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL("write", ssize_t, int, const void *, size_t);
  return file_of(fd) ? write_at(fd, bytes, length, 0, 1) : real(fd, bytes, length);
}

ssize_t pread64(int fd, void *bytes, size_t length, off64_t at) {
  REAL("pread64", ssize_t, int, void *, size_t, off64_t);
  return may_fail(file_of(fd)) && fails(READING) ? -1 : real(fd, bytes, length, at);
}

ssize_t read(int fd, void *bytes, size_t length) {
  REAL("read", ssize_t, int, void *, size_t);
  return may_fail(file_of(fd)) && fails(READING) ? -1 : real(fd, bytes, length);
}

#define SYNCS(name) \
  int name(int fd) { \
    REAL(#name, int, int); \
    uint32_t file = file_of(fd); \
    if (!file) return real(fd); \
    pthread_mutex_lock(&turn); \
    int failed = may_fail(file) && fails(SYNCING) ? -1 : 0; \
    note(failed ? SYNC_FAILED : SYNC, file, 0, "", 0); \
    pthread_mutex_unlock(&turn); \
    return failed; \
  }
/* What a power cut leaves is worked out from the log, so nothing need really be waited for. */
SYNCS(fsync)
SYNCS(fdatasync)

int ftruncate64(int fd, off64_t size) {
  REAL("ftruncate64", int, int, off64_t);
  uint32_t file = file_of(fd);
  if (!file) return real(fd, size);
  pthread_mutex_lock(&turn);
  int failed = may_fail(file) && fails(TRUNCATING) ? -1 : real(fd, size);
  if (!failed) note(TRUNCATE, file, size, "", 0);
  pthread_mutex_unlock(&turn);
  return failed;
}

#define NAMES_ONE(name, operation, parameters, arguments) \
  int name parameters { \
    static int(*real) parameters; \
    if (!real) real = (int(*) parameters)dlsym(RTLD_NEXT, #name); \
    if (!watched(path)) return real arguments; \
    pthread_mutex_lock(&turn); \
    int failed = fails(NAMING) ? -1 : real arguments; \
    if (!failed) note(operation, 0, 0, path, strlen(path)); \
    pthread_mutex_unlock(&turn); \
    return failed; \
  }
NAMES_ONE(unlink, UNLINK, (const char *path), (path))
NAMES_ONE(rmdir, RMDIR, (const char *path), (path))
NAMES_ONE(mkdir, MKDIR, (const char *path, mode_t mode), (path, mode))

#define NAMES_TWO(name, operation) \
  int name(const char *from, const char *to) { \
    REAL(#name, int, const char *, const char *); \
    if (!watched(from) && !watched(to)) return real(from, to); \
    pthread_mutex_lock(&turn); \
    int failed = fails(NAMING) ? -1 : real(from, to); \
    if (!failed) note_names(operation, from, to); \
    pthread_mutex_unlock(&turn); \
    return failed; \
  }
NAMES_TWO(rename, RENAME)
NAMES_TWO(link, LINK)
