import { until } from '../until.ts';

export interface Event {
  readonly id: string;
  readonly name: string;
  readonly data: Record<string, unknown>;
}

/** Follows /v1/events as a program does. */
export async function followEvents(url: string, lastEventId?: string) {
  const stop = new AbortController();
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const response = await fetch(`${url}/v1/events`, { headers, signal: stop.signal });
  if (!response.headers.get('content-type')?.includes('text/event-stream')) throw new Error('no event stream');
  const events: Event[] = [];
  const read = async (): Promise<void> => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1];
        const name = field('event');
        if (name !== undefined) events.push({ id: field('id') ?? '', name, data: JSON.parse(field('data') ?? '{}') });
      }
    }
  };
  const ended = read().catch(() => {});
  return {
    events,
    ended,
    until: (seen: (events: readonly Event[]) => boolean) =>
      until('events', async () => (seen(events) ? true : undefined)),
    close: () => stop.abort(),
  };
}
