/** What the register can follow. */
type EventName = 'payment' | 'reader' | 'device' | 'code' | 'close' | 'queue' | 'sync';

export interface AgentEvent {
  /** Rises by one with each event, also over restarts. */
  readonly id: number;
  readonly name: EventName;
  /** The whole resource as it is now, in JSON. */
  readonly data: string;
}

type Replay = { readonly kind: 'events'; readonly events: readonly AgentEvent[] } | { readonly kind: 'reset' };

/** The latest events, for those who listen and those who come back. */
export interface EventLog {
  publish(name: EventName, resource: object): void;
  /** What came after an id; `reset` when that can no longer be told. */
  since(id: number): Replay;
  latestId(): number;
  subscribe(listener: (event: AgentEvent) => void): () => void;
}

/** How many events a client may have missed. */
export const EVENTS_KEPT = 1000;

/**
 * @param firstId id of the first event. It must lie above all ids of earlier runs (the time in milliseconds does), or a
 * client that comes back after a restart would be told of events that are not the ones it missed.
 */
export function eventLog(firstId: number): EventLog {
  const events: AgentEvent[] = [];
  const listeners = new Set<(event: AgentEvent) => void>();
  let nextId = firstId;

  return {
    publish(name, resource) {
      const event = { id: nextId++, name, data: JSON.stringify(resource) };
      events.push(event);
      if (events.length > EVENTS_KEPT) events.shift();
      for (const listener of listeners) listener(event);
    },
    since(id) {
      const oldest = events[0]?.id ?? nextId;
      if (!Number.isSafeInteger(id) || id < oldest - 1 || id >= nextId) return { kind: 'reset' };
      return { kind: 'events', events: events.slice(id + 1 - oldest) };
    },
    latestId: () => nextId - 1,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
