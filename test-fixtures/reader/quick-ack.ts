import type { Socket } from 'node:net';

const IPPROTO_TCP = 6;
const TCP_QUICKACK = 12;

/**
 * How to acknowledge at once what a socket has just received. vpcd sends the length and the body of a frame apart and waits
 * for the first to be acknowledged (Nagle), which the system here puts off for 40 ms. The wish is forgotten by the system, so
 * it must be repeated each time. Without koffi, or on another system, it does nothing: exchanges are slow then.
 */
export async function quickAcknowledgement(): Promise<(socket: Socket) => void> {
  try {
    const { default: koffi } = await import('koffi');
    const libc = koffi.load('libc.so.6');
    const setsockopt = libc.func('int setsockopt(int fd, int level, int name, const int *value, uint32_t length)');
    return (socket) => {
      const fd = fileDescriptor(socket);
      if (fd !== undefined) setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, [1], 4);
    };
  } catch {
    return () => {};
  }
}

// Node has no public way to it.
function fileDescriptor(socket: Socket): number | undefined {
  const { _handle: handle } = socket as { _handle?: { fd?: number } | null };
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}
