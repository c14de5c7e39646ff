import { z } from 'zod';
import type { ServerTls } from '../../clearing/contract/http/index.ts';
import { fen } from '../../emv/values/index.ts';
import type { AgentSettings } from '../agent-settings.ts';
import { present } from '../present.ts';
import { FILL, STALENESS } from '../risk/policy.ts';
import { devicesSchema } from './devices.ts';

const port = z.int().min(0).max(65_535);
const file = z.string().min(1);
const host = z.string().min(1).max(255);
const milliseconds = (least: number, most: number) => z.int().min(least).max(most);

const HOUR_MS = 3_600_000;
const DAY_S = 86_400;
const DAY_MS = 24 * HOUR_MS;
/** By then everything offline is refused anyhow. */
const MAX_AGE_S = 366 * DAY_S;

const amountMinor = z.int().min(0).max(100_000_000_00);
const dayBound = (byDefault: { readonly count: number; readonly sumMinor: number }) =>
  z
    .strictObject({
      dayCount: z.int().min(0).max(1_000_000).default(byDefault.count),
      daySumMinor: amountMinor.default(byDefault.sumMinor),
    })
    .prefault({});

const LOOPBACK = /^(localhost|127\.[0-9.]+|\[::1\])$/;

/** The clearing host's origin. In clear only on this machine: whatever passes there is money. */
const clearingUrl = z.string().superRefine((text, context) => {
  const problem = URL.canParse(text) ? faultOfUrl(new URL(text)) : 'expected a URL, such as https://clearing.example';
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

function faultOfUrl({ protocol, hostname, pathname, search, username }: URL): string | undefined {
  const secure = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
  if (!secure) return 'expected https (http only to this machine)';
  return pathname === '/' && search === '' && username === '' ? undefined : 'expected an origin without path';
}

const timeZone = z.string().refine((name) => {
  try {
    return Intl.DateTimeFormat(undefined, { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}, 'expected the name of a time zone, such as Asia/Shanghai');

const readerRoles = z.record(z.string(), z.enum(['contactless', 'contact', 'sam']));

const keyName = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected 1 to 64 letters, digits, dots, hyphens or underscores');
const path = z.string().regex(/^\//, 'expected a path from the root');

/** Where a master key is kept. */
const keyPlace = z.discriminatedUnion('kind', [
  /** In a file; without a path, `master.key` in the state folder. */
  z.strictObject({ kind: z.literal('file'), path: path.exactOptional() }),
  /** Handed over by systemd (LoadCredential=, LoadCredentialEncrypted=). */
  z.strictObject({ kind: z.literal('credential'), name: keyName }),
  /** In a PKCS#11 token. */
  z.strictObject({
    kind: z.literal('pkcs11'),
    /** The shared library of the token's maker. */
    module: path,
    /** Label of the token. */
    token: z.string().min(1).max(32),
    /** Label of the key in it, this terminal's alone. */
    key: keyName.default('jdpos-master'),
    /** The user's PIN is never in the settings themselves. */
    pin: z.union([z.strictObject({ credential: keyName }), z.strictObject({ file: path })]),
  }),
]);
export type KeyPlaceConfig = z.output<typeof keyPlace>;

const keyStore = z.strictObject({
  place: keyPlace.prefault({ kind: 'file' }),
  /** Where the master key was before; what it has wrapped is wrapped anew at the next start. */
  previous: keyPlace.exactOptional(),
});
export type KeyStoreConfig = z.output<typeof keyStore>;

/** A log of a bounded size: `files` files of `maxBytes` each at most. */
const logFile = z.strictObject({
  path,
  maxBytes: z.int().min(65_536).max(1_073_741_824).default(10_485_760),
  files: z.int().min(1).max(100).default(5),
});

/** The settings file. Everything that has a good default may be left out; nothing unknown may be in it. */
export const configSchema = z
  .strictObject({
    /** Folder of the queue and its key, on a local disk. */
    stateDir: z.string().min(1),
    clearing: z.strictObject({
      url: clearingUrl,
      /** PEM file of the authority that certifies the host; without one, those that Node trusts. */
      ca: file.exactOptional(),
      /** One-time code of the centre; used while the terminal is not enrolled. */
      enrolmentCode: z
        .string()
        .regex(/^[A-Za-z0-9-]{6,64}$/, 'expected 6 to 64 letters, digits or hyphens')
        .exactOptional(),
    }),
    /** Only to try things out: a centre with TEST keys is taken for a real one. Everybody can make cards that it pays for. */
    acceptTestKeys: z.boolean().default(false),
    register: z.strictObject({ host: host.default('127.0.0.1'), port: port.default(7400) }).prefault({}),
    central: z
      .strictObject({
        host: host.default('127.0.0.1'),
        port: port.default(7401),
        /** PEM files. Whoever shows no certificate of `clientCa` is not let in. */
        tls: z.strictObject({ certificate: file, privateKey: file, clientCa: file }).exactOptional(),
      })
      .refine(({ host: name, tls }) => tls !== undefined || LOOPBACK.test(name) || name === '::1', {
        message: 'expected central.tls: beyond this machine it is served with client certificates alone',
      })
      .prefault({}),
    /** Where the queue's master key is kept. */
    keyStore: keyStore.prefault({}),
    timeZone: timeZone.default('Asia/Shanghai'),
    /** What a reader is for, by its PC/SC name. Once one is named, those that are not are contactless. */
    readers: z.strictObject({ roles: readerRoles.default({}) }).prefault({}),
    /** The devices beside the card readers. */
    devices: devicesSchema.prefault({}),
    payment: z
      .strictObject({
        /** How long a card is awaited before the payment is given up. */
        awaitCardMs: milliseconds(1_000, HOUR_MS).default(180_000),
        /** The same for a card that is to be presented again. */
        presentAgainMs: milliseconds(1_000, HOUR_MS).default(180_000),
        pinEntryMs: milliseconds(1_000, 600_000).default(60_000),
        /** A card that is silent for so long has left. */
        exchangeMs: milliseconds(100, 10_000).default(1_500),
        /** All exchanges of one tap together. */
        tapMs: milliseconds(500, 60_000).default(10_000),
      })
      .prefault({}),
    offline: z
      .strictObject({
        maxUnacknowledgedSumMinor: amountMinor.default(2_000_000),
        maxUnacknowledgedCount: z.int().min(0).max(100_000).default(500),
        /** Of the oldest payment that is not yet at the centre. */
        maxUnacknowledgedAgeS: z
          .int()
          .min(0)
          .max(MAX_AGE_S)
          .default(7 * DAY_S),
        /** Bounds of a day where the terminal stands; beyond them the breaker opens until the next. */
        terminal: dayBound({ count: 5_000, sumMinor: 20_000_000 }),
        card: dayBound({ count: 200, sumMinor: 1_000_000 }),
        /** Between two payments of one card. */
        cardIntervalS: z.int().min(0).max(DAY_S).default(0),
        /** Absent: no ARQC is approved on trust, unless the signed parameters say so. */
        deferral: z
          .strictObject({
            amountMinor,
            count: z.int().min(0).max(100_000),
            sumMinor: amountMinor,
          })
          .exactOptional(),
      })
      .prefault({}),
    sync: z
      .strictObject({
        requestTimeoutMs: milliseconds(100, 120_000).default(10_000),
        authorisationTimeoutMs: milliseconds(100, 60_000).default(6_000),
        backOff: z
          .strictObject({
            baseMs: milliseconds(10, 60_000).default(500),
            capMs: milliseconds(10, HOUR_MS).default(60_000),
          })
          .prefault({}),
        releaseDelayMs: milliseconds(0, HOUR_MS).default(5_000),
        contactIntervalMs: milliseconds(100, HOUR_MS).default(15_000),
        parametersIntervalMs: milliseconds(100, 24 * HOUR_MS).default(900_000),
        settlementsIntervalMs: milliseconds(100, HOUR_MS).default(60_000),
        batchMaxRecords: z.int().min(1).max(1_000).default(100),
        batchMaxAgeMs: milliseconds(0, HOUR_MS).default(60_000),
      })
      .prefault({}),
    archive: z
      .strictObject({
        /** How long settled records stay in the queue before they move into its archive; ten days at least, for their keys. */
        afterDays: z.int().min(10).max(36_500).default(400),
      })
      .prefault({}),
    log: z
      .strictObject({
        level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
        /** Absent: standard output, which systemd keeps in its journal. */
        file: logFile.exactOptional(),
      })
      .prefault({}),
  })
  .refine(({ devices, acceptTestKeys }) => devices.pinPad?.kind !== 'on-screen' || acceptTestKeys, {
    path: ['devices', 'pinPad', 'kind'],
    message:
      'expected reader or serial: keys on the screen hand over the PIN in clear, and are for trials (acceptTestKeys) alone',
  });
export type Config = z.output<typeof configSchema>;

/** What the certificate files hold that the settings name. */
export interface PemFiles {
  /** Who may certify the clearing host. */
  readonly serverCa?: string;
  readonly centralTls?: ServerTls;
}

/** The settings as `compose` takes them, with what the files hold that they name. */
export function settingsOf(config: Config, { serverCa, centralTls }: PemFiles = {}): AgentSettings {
  const { register, central, timeZone, payment, offline, sync, archive, clearing, acceptTestKeys } = config;
  const { batchMaxRecords, batchMaxAgeMs, ...rest } = sync;
  return {
    register,
    central: { host: central.host, port: central.port, ...(centralTls && { tls: centralTls }) },
    timeZone,
    payment,
    offline: policyOf(offline),
    archive: { onlineMs: archive.afterDays * DAY_MS },
    sync: {
      ...rest,
      baseUrl: new URL(clearing.url).origin,
      acceptTestKeys,
      ...(serverCa !== undefined && { serverCa }),
      seal: { maxRecords: batchMaxRecords, maxAgeMs: batchMaxAgeMs },
    },
  };
}

const dayOf = ({ dayCount, daySumMinor }: Config['offline']['card']) => ({ count: dayCount, sum: fen(daySumMinor) });

function policyOf({ deferral, ...offline }: Config['offline']): AgentSettings['offline'] {
  return present({
    maxUnacknowledgedSum: fen(offline.maxUnacknowledgedSumMinor),
    maxUnacknowledgedCount: offline.maxUnacknowledgedCount,
    maxUnacknowledgedAgeS: offline.maxUnacknowledgedAgeS,
    staleness: STALENESS,
    fill: FILL,
    terminalDay: dayOf(offline.terminal),
    cardDay: dayOf(offline.card),
    cardIntervalS: offline.cardIntervalS,
    deferral: deferral && { amount: fen(deferral.amountMinor), count: deferral.count, sum: fen(deferral.sumMinor) },
  });
}
