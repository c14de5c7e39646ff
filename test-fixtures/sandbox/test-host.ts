import pino from 'pino';
import {
  type ClearingHost,
  createHsm,
  createTerminalCa,
  type SchemeParameters,
  startClearingHost,
} from '../../clearing/index.ts';
import type { CaPublicKey } from '../../emv/oda/index.ts';
import { Pan, Secret, toHex } from '../../emv/values/index.ts';
import { testCaKeys } from '../pki/index.ts';
import { TRAY_AIDS, TRAY_PURSES, trayAccounts, trayPurseAccounts } from '../tray/index.ts';
import { TEST_HSM_KEYS } from './test-keys.ts';
import { derOf, type TlsFiles } from './tls-files.ts';

/** The centre of the sandbox. */
export interface TestHost {
  readonly port: number;
  /**
   * A fresh one-time code, for the sandbox's terminal unless another is named. `lost`: what it had before is given up; unless said
   * otherwise, yes.
   */
  issueEnrolmentCode(more?: { readonly lost: boolean; readonly terminal?: string }): Promise<string>;
  /** A PIN key for the pad that holds this transport key. */
  readonly pinKeyFile: ClearingHost['admin']['pinKeyFile'];
  /** Where it speaks TLS, as a centre does beyond its machine. */
  readonly securePort: number | undefined;
  close(): Promise<void>;
}

const TERMINAL = 'T0000001';
const MERCHANT = { id: 'M00000000000001', name: 'JIANGDU TEST SHOP', categoryCode: '5411' };
const CODE_VALID_MS = 3_600_000;
const SETTLE_EVERY_MS = 1_000;
const CERTIFICATE_VALID_DAYS = 90;

const PARAMETERS: SchemeParameters = {
  rules: {
    countryCode: '0156',
    terminalType: '22',
    capabilities: 'E0E9C8',
    onlinePin: true,
    signature: true,
    statusCheck: false,
    additionalCapabilities: 'FF80F0A001',
    contactlessDebitCredit: true,
  },
  applications: TRAY_AIDS.map((aid) => ({
    aid,
    partialSelection: true,
    version: '0030',
    transactionLimitMinor: 500_000,
    cvmLimitMinor: 30_000,
    offlineFloorLimitMinor: 50_000,
    debitCredit: {
      tacDefault: 'D84000A800',
      tacOnline: 'D84004F800',
      tacDenial: '0010000000',
      electronicCashLimitMinor: 50_000,
    },
  })),
  caKeys: testCaKeys().map(caKeyEntry),
  purses: TRAY_PURSES,
};

function caKeyEntry(key: CaPublicKey): SchemeParameters['caKeys'][number] {
  const name = { rid: toHex(key.rid), index: key.index, mark: 'TEST' as const };
  return key.algorithm === 'rsa'
    ? { algorithm: 'rsa', ...name, modulus: toHex(key.modulus), exponent: toHex(key.exponent) }
    : { algorithm: 'sm2', ...name, point: toHex(key.point) };
}

/** Opens the reference host with the test keys and the accounts behind the tray. What it knew before it still knows. */
export async function openTestHost(parts: {
  databaseUrl: string;
  port: number;
  tls: TlsFiles;
  random: (length: number) => Uint8Array;
  /** Of tests that let days pass at the centre. */
  clock?: () => number;
}): Promise<TestHost> {
  const { databaseUrl, port, tls, random, clock = Date.now } = parts;
  const { certificate, privateKey } = tls.terminals;
  const host = await startClearingHost({
    databaseUrl,
    listen: { host: '127.0.0.1', port },
    secure: { host: '127.0.0.1', port: 0, ...tls.server },
    terminalCa: createTerminalCa({
      certificate,
      privateKey: new Secret(derOf(privateKey)),
      validDays: CERTIFICATE_VALID_DAYS,
      random,
    }),
    hsm: createHsm({ keys: TEST_HSM_KEYS, production: false, random }),
    parameters: PARAMETERS,
    settle: { everyMs: SETTLE_EVERY_MS },
    clock,
    random,
    log: pino({ name: 'centre', level: 'warn' }, pino.destination(2)),
    guard: {},
  });
  await loadTray(host);
  return {
    port: host.port,
    close: host.close,
    pinKeyFile: host.admin.pinKeyFile,
    securePort: host.securePort,
    async issueEnrolmentCode({ lost, terminal = TERMINAL } = { lost: true }) {
      const code = `TEST-${toHex(random(8))}`;
      const expiresAt = new Date(Date.now() + CODE_VALID_MS).toISOString();
      // Asked for by an agent that knows of no enrolment: whoever plays here has deleted its folder.
      await host.admin.issueEnrolmentCode({ code, terminal, merchant: MERCHANT, expiresAt, lost });
      return code;
    },
  };
}

async function loadTray(host: ClearingHost): Promise<void> {
  const cards = trayAccounts().map(({ pan: digits, expiry, ...account }) => {
    const pan = Pan.parse(digits);
    if (pan === undefined) throw new Error(`the tray's card ${account.cardId} has no PAN`);
    const { accountBalanceMinor, chipBalanceMinor, pin, hotlisted } = account;
    const lastDay = `20${expiry.slice(0, 2)}-${expiry.slice(2, 4)}-${expiry.slice(4, 6)}`;
    return { pan, expiry: lastDay, accountBalanceMinor, chipBalanceMinor, pin, hotlisted };
  });
  await host.admin.loadCards(cards.map(({ hotlisted: _, ...card }) => card));
  await host.admin.addToHotlist(cards.filter(({ hotlisted }) => hotlisted).map(({ pan }) => pan));
  const purses = trayPurseAccounts();
  await host.admin.loadCards(
    purses.map(({ serial, expiry, accountBalanceMinor, purseBalanceMinor }) => {
      return { pan: serial, expiry, accountBalanceMinor, chipBalanceMinor: purseBalanceMinor };
    }),
  );
  await host.admin.addToHotlist(purses.filter(({ hotlisted }) => hotlisted).map(({ serial }) => serial));
}
