import { z } from 'zod';
import type { CardReader, CardReaders, Device, LightTrouble } from '../../drivers/index.ts';
import type { Backlog, Queue } from '../../offline-queue/index.ts';
import type { Clock } from '../clock.ts';
import type { DeviceKind } from '../devices/devices.ts';
import type { Standing } from '../payment/tools.ts';
import { present } from '../present.ts';
import type { Limits } from '../standing.ts';
import { STOP_REASONS } from '../sync/chain-standing.ts';
import type { Sync } from '../sync/sync.ts';
import { TROUBLES, type TroubleCode } from '../sync/troubles.ts';

const ageS = z.int().min(0);
const amount = z.int().min(0);

export const readerResource = z.strictObject({
  name: z.string(),
  role: z.enum(['contactless', 'contact', 'sam']),
  state: z.enum(['empty', 'card', 'unresponsive', 'unplugged']),
  /** The USB port that it hangs at, where that can be told. */
  port: z.string().exactOptional(),
  /** Why its lights and buzzer show nothing; absent while they obey, and where it has none. */
  lights: z.enum(['blocked', 'refused', 'no-answer']).exactOptional(),
});

export const deviceResource = z.strictObject({
  kind: z.enum(['pin-pad', 'scanner', 'printer', 'display']),
  /** Where it hangs, as the settings name it. */
  name: z.string(),
  state: z.enum(['ready', 'unplugged', 'refused', 'unresponsive', 'attention']),
  /** What the system or the device says of it. */
  detail: z.string().exactOptional(),
});
export type DeviceResource = z.output<typeof deviceResource>;

/** What is not yet at the centre: records that carry money, or may. */
export const queueResource = z.strictObject({
  unacknowledgedCount: z.int().min(0),
  /** Sum of the approved ones, fen. */
  unacknowledgedSumMinor: amount,
  /** Of the oldest one; absent when there is none. */
  oldestAgeS: ageS.exactOptional(),
});

export const syncResource = z.strictObject({
  reachable: z.boolean(),
  /** Absent before the first contact of this run. */
  lastContactAt: z.iso.datetime().exactOptional(),
  /** The terminal's client certificate; absent where TLS is not spoken, and before there is one. */
  certificate: z.strictObject({ notAfter: z.iso.datetime(), daysLeft: z.int() }).exactOptional(),
  /** What a person must look at; absent when there is nothing. */
  troubles: z
    .array(
      z.strictObject({
        code: z.enum(Object.keys(TROUBLES) as [TroubleCode, ...TroubleCode[]]),
        /** The batch, or the reversal. */
        subject: z.string().exactOptional(),
        detail: z.string(),
        since: z.iso.datetime(),
      }),
    )
    .exactOptional(),
});

/** How the terminal stands (docs/register-api.md). */
export const statusResource = z.strictObject({
  /** Absent until the terminal is enrolled. */
  terminal: z.string().exactOptional(),
  readers: z.array(readerResource),
  /** Those beside the readers; absent when there is none. */
  devices: z.array(deviceResource).exactOptional(),
  clearing: syncResource,
  queue: queueResource,
  hotlist: z.strictObject({ version: z.int().min(0), ageS: ageS.exactOptional() }),
  /** What holds now; all 0 while nothing can be sold. */
  limits: z.strictObject({ floorMinor: amount, cvmMinor: amount, transactionMinor: amount }),
  openIntent: z.boolean(),
  /** There while nothing may be sold although the terminal is enrolled: why, and what to do. */
  stopped: z.strictObject({ reason: z.enum(STOP_REASONS), detail: z.string() }).exactOptional(),
  /** Are the stored rows being sealed under other keys? */
  keys: z.strictObject({ rotating: z.boolean() }).exactOptional(),
});
export type StatusResource = z.output<typeof statusResource>;

export const readerOf = (
  { name, role, state, port }: CardReader,
  lights?: LightTrouble,
): z.output<typeof readerResource> => present({ name, role, state, port, lights });

export const deviceOf = (kind: DeviceKind, { name, state, detail }: Device): DeviceResource =>
  present({ kind, name, state, detail });

export function queueOf({ count, sumMinor, oldestAt }: Backlog, now: number): z.output<typeof queueResource> {
  const age = oldestAt === undefined ? undefined : Math.max(0, Math.floor((now - Date.parse(oldestAt)) / 1000));
  return present({ unacknowledgedCount: count, unacknowledgedSumMinor: sumMinor, oldestAgeS: age });
}

type SyncSource = Pick<Sync, 'reachability' | 'certificate' | 'troubles'>;

/** How the terminal stands with the clearing host. */
export function syncOf(sync: SyncSource): z.output<typeof syncResource> {
  const troubles = sync
    .troubles()
    .map(({ subject, ...trouble }) => ({ ...trouble, ...(subject !== '' && { subject }) }));
  const certificate = sync.certificate();
  return present({
    ...sync.reachability(),
    certificate,
    troubles: troubles.length === 0 ? undefined : troubles,
  });
}

export interface StatusParts {
  readonly queue: Pick<Queue, 'identity' | 'backlog' | 'intents' | 'keys'>;
  readonly readers: Pick<CardReaders, 'list'>;
  readonly devices: readonly (readonly [DeviceKind, Device])[];
  /** By reader name. */
  readonly lightTroubles: ReadonlyMap<string, LightTrouble>;
  readonly sync: SyncSource & Pick<Sync, 'hotlist' | 'stopped'>;
  readonly standing: Pick<Standing, 'hotlist'> & { limits(): Limits };
  readonly clock: Clock;
}

export function statusOf({ queue, readers, devices, sync, standing, clock, ...parts }: StatusParts): StatusResource {
  return present({
    terminal: queue.identity.get()?.terminal,
    readers: readers.list().map((reader) => readerOf(reader, parts.lightTroubles.get(reader.name))),
    devices: devices.length === 0 ? undefined : devices.map(([kind, device]) => deviceOf(kind, device)),
    clearing: syncOf(sync),
    queue: queueOf(queue.backlog(), clock.now()),
    hotlist: standing.hotlist(),
    limits: standing.limits(),
    openIntent: queue.intents.pending().some(({ state }) => state === 'open'),
    stopped: sync.stopped(),
    keys: { rotating: queue.keys.underWay() },
  });
}
