import type { ServerResponse } from 'node:http';
import type { AgentEvent, EventLog } from './event-log.ts';

/** A comment this often keeps the connection, and whatever stands in between, awake. */
const COMMENT_EVERY_MS = 15_000;
/** A client that leaves so much unread is dropped; it may come back with its Last-Event-ID. */
const MAX_UNREAD_BYTES = 256 * 1024;
/** What a browser waits before it comes back. */
const RETRY_MS = 1000;

const frame = ({ id, name, data }: AgentEvent): string => `id: ${id}\nevent: ${name}\ndata: ${data}\n\n`;

/**
 * Streams events to one client (WHATWG server-sent events) until it goes.
 * @param lastEventId the Last-Event-ID header of a client that comes back
 */
export function streamEvents(response: ServerResponse, log: EventLog, lastEventId: string | undefined): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const send = (text: string): void => {
    response.write(text);
    if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
  };
  send(`retry: ${RETRY_MS}\n\n`);
  send(missed(log, lastEventId));
  const unsubscribe = log.subscribe((event) => send(frame(event)));
  const timer = setInterval(() => send(':\n\n'), COMMENT_EVERY_MS);
  response.on('close', () => {
    clearInterval(timer);
    unsubscribe();
  });
}

/** What a client that comes back has missed; `reset` tells it to ask for everything anew. */
function missed(log: EventLog, lastEventId: string | undefined): string {
  if (lastEventId === undefined) return ':\n\n';
  const replay = log.since(/^[0-9]{1,16}$/.test(lastEventId) ? Number(lastEventId) : Number.NaN);
  if (replay.kind === 'reset') return `id: ${log.latestId()}\nevent: reset\ndata: {}\n\n`;
  return replay.events.map(frame).join('');
}
