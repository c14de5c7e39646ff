import type { ServerTls } from '../clearing/contract/http/index.ts';
import type { PaymentLimits } from './payment/tools.ts';
import type { OfflinePolicy } from './risk/policy.ts';
import type { SyncSettings } from './sync/sync.ts';

/** Where a server listens; port 0 takes a free one. */
export interface ListenAt {
  readonly host: string;
  readonly port: number;
  /** Speaks TLS and lets in whoever shows a certificate of `clientCa`; absent: in the clear. */
  readonly tls?: ServerTls;
}

/** The settings as the agent works with them. */
export interface AgentSettings {
  readonly register: ListenAt;
  readonly central: ListenAt;
  /** IANA name of the zone the terminal stands in. */
  readonly timeZone: string;
  readonly payment: PaymentLimits;
  readonly offline: OfflinePolicy;
  readonly archive: { readonly onlineMs: number };
  readonly sync: SyncSettings;
}
