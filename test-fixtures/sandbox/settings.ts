import type { NetworkState } from './network-switch.ts';

/** How cards reach the agent. */
export type ReaderWay =
  | {
      readonly kind: 'pcsc';
      /** Of the slots for contactless and for contact cards. */
      readonly vpcdPorts: readonly [number, number];
      /** Of the slot for the PSAM. */
      readonly samPort: number;
      readonly pcscdSocket: string;
    }
  | { readonly kind: 'in-process'; readonly socketPath: string };

/** What the supervisor hands each process. */
export interface HostSettings {
  readonly port: number;
  readonly dataDir: string;
  /** Where its TLS certificates are kept. */
  readonly tlsDir: string;
}

export interface CardsSettings {
  readonly stateDir: string;
  readonly reader: ReaderWay;
}

export interface AgentSettings {
  readonly stateDir: string;
  readonly port: number;
  readonly clearingUrl: string;
  /** PEM file. */
  readonly clearingCa: string;
  readonly reader: ReaderWay;
}

/** What the process of the centre is asked. */
export type HostQuestion =
  /** `terminal`: another one than the sandbox's own. */
  | { readonly do: 'issue-enrolment-code'; readonly terminal?: string }
  /** A name that no terminal of this sandbox has had. */
  | { readonly do: 'name-terminal' }
  | { readonly do: 'secure-port' };

/** What the agent's process asks of the supervisor. */
export type Question =
  | { readonly to: 'cards'; readonly body: unknown }
  | { readonly to: 'host'; readonly body: HostQuestion }
  | { readonly to: 'network'; readonly body: NetworkState };

/** TEST KEY. The PIN pad of the sandbox was keyed with it; the centre knows it under this name. */
export const TEST_PIN_KEY = { keyId: 'test-pin-1', hex: '5E4C8AB9D3017F26A1B86D92C4E30F75' } as const;
