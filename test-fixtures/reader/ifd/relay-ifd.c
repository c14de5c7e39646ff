/*
 * A reader driver for pcscd (IFD handler 3.0) that has no reader: whatever pcscd asks of it, it asks of a server on the loopback
 * interface, at the port that is the reader's channel. So a test is the reader: it answers, stays silent, or goes.
 *
 * A question is two bytes of length (big-endian), one letter, and what belongs to it:
 *   P          is there a card?
 *   U, D, R    power up, power down, reset; the answer to U and R is the ATR
 *   T command  to the card; the answer is the card's
 *   C code (4 bytes, big-endian), data: a control command; the answer is the reader's
 * A second connection, on which the driver says E first, is told of changes: a byte for each card that came or went.
 * An answer is two bytes of length, one byte of result (an index into `results`), and its bytes. A connection that breaks is
 * a reader that was pulled out; pcscd goes on looking for its card, and when the server listens again it is back.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <ifdhandler.h>

#define MAX_READERS 16
#define MAX_BYTES 1024
/* pcscd's own pace where it has to look by itself. */
#define LOOK_MS 400
/*
 * A server that does not answer this for so long is gone for now. It may be a client of pcscd as well, and stand still until
 * pcscd, which waits here before it answers anybody, has answered.
 */
#define PRESENCE_MS 5000

static const RESPONSECODE results[] = {IFD_SUCCESS, IFD_ICC_NOT_PRESENT, IFD_ERROR_NOT_SUPPORTED, IFD_COMMUNICATION_ERROR};

static struct {
  /* One more than the descriptor, 0 when there is none. */
  int socket, events;
  /* The connection broke, and pcscd has not been told yet. */
  int lost;
  DWORD port;
  UCHAR atr[MAX_ATR_SIZE];
  DWORD atr_length;
} readers[MAX_READERS];

/* The upper half of a Lun is the reader, the lower half its slot, of which there is one. */
#define READER(lun) readers[((lun) >> 16) % MAX_READERS]

/* The events are closed elsewhere: pcscd may be waiting for them in another thread. */
static RESPONSECODE gone(DWORD lun) {
  if (READER(lun).socket) {
    close(READER(lun).socket - 1);
    READER(lun).lost = 1;
  }
  READER(lun).socket = 0;
  READER(lun).atr_length = 0;
  if (READER(lun).events) shutdown(READER(lun).events - 1, SHUT_RDWR);
  return IFD_NO_SUCH_DEVICE;
}

static void close_all(DWORD lun) {
  gone(lun);
  if (READER(lun).events) close(READER(lun).events - 1);
  READER(lun).events = READER(lun).lost = 0;
}

static int receive(int from, UCHAR *bytes, size_t length) {
  return length == 0 || recv(from, bytes, length, MSG_WAITALL) == (ssize_t)length;
}

/* An answer to the question for a card comes at once. */
static int is_coming(int from, char what) {
  struct pollfd answer = {.fd = from, .events = POLLIN};
  return what != 'P' || poll(&answer, 1, PRESENCE_MS) == 1;
}

/* Asks the server; the answer's bytes are at `answer`, of which there are *room at most and *room in the end. */
static RESPONSECODE ask(DWORD lun, char what, const UCHAR *head, size_t head_length, const UCHAR *data, size_t length,
                        UCHAR *answer, DWORD *room) {
  UCHAR frame[MAX_BYTES], back[MAX_BYTES];
  size_t size = 1 + head_length + length, answered;
  int to = READER(lun).socket - 1;
  if (to < 0) return IFD_NO_SUCH_DEVICE;
  if (size + 2 > sizeof frame) return IFD_COMMUNICATION_ERROR;
  frame[0] = size >> 8;
  frame[1] = size;
  frame[2] = what;
  if (head_length) memcpy(frame + 3, head, head_length);
  if (length) memcpy(frame + 3 + head_length, data, length);
  if (send(to, frame, size + 2, MSG_NOSIGNAL) != (ssize_t)size + 2) return gone(lun);
  if (!is_coming(to, what) || !receive(to, back, 2)) return gone(lun);
  answered = back[0] << 8 | back[1];
  if (answered < 1 || answered > sizeof back || !receive(to, back, answered)) return gone(lun);
  if (back[0] >= sizeof results / sizeof *results) return gone(lun);
  if (answered - 1 > *room) return IFD_ERROR_INSUFFICIENT_BUFFER;
  *room = answered - 1;
  if (*room) memcpy(answer, back + 1, *room);
  return results[back[0]];
}

/* One more than the descriptor of a new connection to the server, 0 when it does not listen. */
static int connection(DWORD port) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int on = 1, to = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (to < 0) return 0;
  if (connect(to, (struct sockaddr *)&at, sizeof at) < 0) {
    close(to);
    return 0;
  }
  setsockopt(to, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return to + 1;
}

RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel) {
  static const UCHAR hello[] = {0, 1, 'E'};
  close_all(lun);
  READER(lun).port = channel;
  READER(lun).socket = connection(channel);
  READER(lun).events = connection(channel);
  if (!READER(lun).socket || !READER(lun).events) return gone(lun);
  return send(READER(lun).events - 1, hello, sizeof hello, MSG_NOSIGNAL) == sizeof hello ? IFD_SUCCESS : gone(lun);
}

/* Comes back when a card has come or gone, as a reader's interrupt would tell, or when it is time to look anyway. */
static RESPONSECODE wait_for_change(DWORD lun, int timeout) {
  struct pollfd event = {.fd = READER(lun).events - 1, .events = POLLIN};
  UCHAR changes[MAX_READERS];
  (void)timeout;
  if (poll(&event, 1, LOOK_MS) == 1 && recv(event.fd, changes, sizeof changes, MSG_DONTWAIT) == 0)
    poll(NULL, 0, LOOK_MS); /* unplugged: every look comes back at once */
  return IFD_SUCCESS;
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name) {
  unsigned port;
  const char *colon = strrchr(name, ':');
  return colon && sscanf(colon, ":%x", &port) == 1 ? IFDHCreateChannel(lun, port) : IFD_NO_SUCH_DEVICE;
}

RESPONSECODE IFDHCloseChannel(DWORD lun) {
  close_all(lun);
  READER(lun).port = 0;
  return IFD_SUCCESS;
}

static RESPONSECODE tell_byte(UCHAR byte, PDWORD length, PUCHAR value) {
  if (*length < 1) return IFD_ERROR_INSUFFICIENT_BUFFER;
  *length = 1;
  *value = byte;
  return IFD_SUCCESS;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value) {
  switch (tag) {
    case TAG_IFD_ATR:
      if (*length < READER(lun).atr_length) return IFD_ERROR_INSUFFICIENT_BUFFER;
      *length = READER(lun).atr_length;
      memcpy(value, READER(lun).atr, *length);
      return IFD_SUCCESS;
    case TAG_IFD_SIMULTANEOUS_ACCESS:
      return tell_byte(MAX_READERS, length, value);
    case TAG_IFD_SLOTS_NUMBER:
    case TAG_IFD_THREAD_SAFE: /* one reader that waits for a PIN holds up no other */
      return tell_byte(1, length, value);
    case TAG_IFD_POLLING_THREAD_WITH_TIMEOUT: {
      RESPONSECODE (*wait)(DWORD, int) = wait_for_change;
      if (*length < sizeof wait) return IFD_ERROR_INSUFFICIENT_BUFFER;
      *length = sizeof wait;
      memcpy(value, &wait, sizeof wait);
      return IFD_SUCCESS;
    }
    default:
      return IFD_ERROR_TAG;
  }
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value) {
  (void)lun, (void)tag, (void)length, (void)value;
  return IFD_ERROR_TAG;
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1, UCHAR pts2, UCHAR pts3) {
  (void)lun, (void)protocol, (void)flags, (void)pts1, (void)pts2, (void)pts3;
  return IFD_SUCCESS;
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD atr_length) {
  char what = action == IFD_POWER_UP ? 'U' : action == IFD_RESET ? 'R' : 'D';
  DWORD length = MAX_ATR_SIZE;
  RESPONSECODE result = ask(lun, what, NULL, 0, NULL, 0, READER(lun).atr, &length);
  READER(lun).atr_length = *atr_length = result == IFD_SUCCESS ? length : 0;
  memcpy(atr, READER(lun).atr, *atr_length);
  return result;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send_pci, PUCHAR sent, DWORD sent_length, PUCHAR received,
                               PDWORD received_length, PSCARD_IO_HEADER receive_pci) {
  RESPONSECODE result = ask(lun, 'T', NULL, 0, sent, sent_length, received, received_length);
  receive_pci->Protocol = send_pci.Protocol;
  if (result != IFD_SUCCESS) *received_length = 0;
  return result;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR sent, DWORD sent_length, PUCHAR received, DWORD room,
                         LPDWORD received_length) {
  UCHAR head[4] = {code >> 24, code >> 16, code >> 8, code};
  RESPONSECODE result = ask(lun, 'C', head, sizeof head, sent, sent_length, received, &room);
  *received_length = result == IFD_SUCCESS ? room : 0;
  return result;
}

/* A connection that broke is told once, however soon there is a new one. */
RESPONSECODE IFDHICCPresence(DWORD lun) {
  DWORD none = 0;
  RESPONSECODE result = IFD_NO_SUCH_DEVICE;
  if (!READER(lun).lost) {
    if (!READER(lun).socket && READER(lun).port) IFDHCreateChannel(lun, READER(lun).port);
    result = ask(lun, 'P', NULL, 0, NULL, 0, NULL, &none);
  }
  READER(lun).lost = 0;
  return result;
}
