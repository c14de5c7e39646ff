import { type Leaf, leavesOfConfig } from './leaves.ts';

/** What a setting means, and when a change of it holds. */
export interface SettingRow {
  /** Where it stands; `*` is any one name. */
  readonly path: string;
  /** `at-once`: on a reload; a payment that has begun keeps its time limits. `restart`: what it made is made at the start. */
  readonly holds: 'at-once' | 'restart';
  readonly means: string;
  readonly example: unknown;
  /** Never shown, and not taken from the command line. */
  readonly secret?: true;
  /** What may stand there, where the schema's own words do not say it. */
  readonly allowed?: string;
  /** What holds without it, where that is no value. */
  readonly absent?: string;
}

export interface Setting extends SettingRow, Leaf {
  readonly allowed: string;
}

type Row = readonly [path: string, means: string, example: unknown, more?: Partial<SettingRow>];

const ORIGIN = 'an https origin without path (http only to this machine)';
const ZONE = 'the name of a time zone';
const KEY_NAME = '1 to 64 letters, digits, dots, hyphens or underscores';
const CODE = '6 to 64 letters, digits or hyphens';
const FILE = 'the path of a file';
const PIN_KEY_NAME = '1 to 64 letters, digits, dots, hyphens or underscores, a letter or digit first';

/** Each key of the settings that needs a new start: something that lives as long as the daemon is made from it. */
const AT_RESTART: readonly Row[] = [
  [
    'stateDir',
    'folder of the queue and its key, on a local disk; only the daemon’s user may enter',
    '/var/lib/jdpos',
    { allowed: 'the path of a folder' },
  ],
  ['clearing.url', 'origin of the clearing host', 'https://clearing.example', { allowed: ORIGIN }],
  [
    'clearing.ca',
    'PEM file of the authority that certifies the host: pin it',
    '/etc/jdpos/clearing-ca.pem',
    { allowed: FILE, absent: 'whom Node trusts' },
  ],
  [
    'clearing.enrolmentCode',
    'one-time code; a new one enrols the terminal anew, one that was used stays without effect',
    'ABCD-1234',
    { allowed: CODE, secret: true },
  ],
  ['acceptTestKeys', '`true` only to try things out: takes a centre and CA keys that are marked TEST', false],
  ['register.host', 'address of register API and cashier page', '127.0.0.1'],
  ['register.port', 'port of register API and cashier page', 7400],
  ['central.host', 'address of the central API; beyond this machine only with `central.tls`', '127.0.0.1'],
  ['central.port', 'port of the central API', 7401],
  [
    'central.tls.certificate',
    'PEM file; the central API then speaks TLS 1.3 with whoever shows a certificate of `clientCa`',
    '/etc/jdpos/central.pem',
    { allowed: FILE },
  ],
  ['central.tls.privateKey', 'PEM file of the certificate’s key', '/etc/jdpos/central.key', { allowed: FILE }],
  [
    'central.tls.clientCa',
    'PEM file of the authority that certifies central systems',
    '/etc/jdpos/central-clients.pem',
    { allowed: FILE },
  ],
  [
    'keyStore.*.kind',
    'where the master key is kept (`place`), or was before, for the first start after a move (`previous`)',
    'file',
  ],
  ['keyStore.*.path', 'the key’s file', '/var/lib/jdpos/master.key', { absent: '`master.key` in the state folder' }],
  ['keyStore.*.name', 'name of the systemd credential', 'jdpos-master', { allowed: KEY_NAME }],
  ['keyStore.*.module', 'shared library of the PKCS#11 token’s maker', '/usr/lib/softhsm/libsofthsm2.so'],
  ['keyStore.*.token', 'label of the token', 'till 3'],
  ['keyStore.*.key', 'label of the key in the token, this terminal’s alone', 'jdpos-master', { allowed: KEY_NAME }],
  ['keyStore.*.pin.credential', 'systemd credential with the token’s PIN', 'token-pin', { allowed: KEY_NAME }],
  ['keyStore.*.pin.file', 'file with the token’s PIN', '/etc/jdpos/token-pin'],
  ['timeZone', 'where the terminal stands', 'Asia/Shanghai', { allowed: ZONE }],
  ['readers.roles.*', 'what a reader is for, by its PC/SC name', 'contactless'],
  ['readers.ports.*', 'the same by the USB port it hangs at, which counts for more', 'contactless'],

  ['devices.*.kind', 'what it is, or how it is connected', 'serial'],
  [
    'devices.*.port',
    'serial port of the device; of a network printer its TCP port',
    '/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0',
  ],
  ['devices.*.baudRate', 'speed of the serial port', 9_600],
  ['devices.*.dataBits', 'of the serial port', 8],
  ['devices.*.parity', 'of the serial port', 'none'],
  ['devices.*.stopBits', 'of the serial port', 1],
  ['devices.*.flow', 'of the serial port', 'none'],
  ['devices.*.device', 'device file of a keyboard scanner or a USB printer', '/dev/usb/lp0'],
  ['devices.*.host', 'address of a network printer', '192.168.1.50'],
  ['devices.*.widthMm', 'paper of the printer', 58],
  ['devices.*.copies', 'slips that are printed without being asked for', 'both'],
  ['devices.*.language', 'of the customer display; `zh` only where it has Chinese characters (GB 18030)', 'en'],
  [
    'devices.*.keyId',
    'name under which the centre knows the PIN pad’s key',
    'till-3-pin-1',
    { allowed: PIN_KEY_NAME, absent: 'no PIN is asked for the centre' },
  ],
  ['devices.*.keySlot', 'in which of the PIN pad’s places that key is', 0],
  ['devices.*.blockFormat', 'what the PIN pad makes of a PIN: under triple DES, AES or SM4', 'iso-0'],
  [
    'devices.*.testKey.keyId',
    'name of the test key of a PIN pad on the screen',
    'test-pin-1',
    { allowed: PIN_KEY_NAME, absent: 'only cards that check the PIN themselves are asked' },
  ],
  [
    'devices.*.testKey.hex',
    'that test key',
    '0123456789ABCDEFFEDCBA9876543210',
    { allowed: '16 bytes in hex', secret: true, absent: 'none' },
  ],
  [
    'log.file.path',
    'the log goes here; the whole of it takes `files` times `maxBytes` at most',
    '/var/log/jdpos/jdpos.log',
    { absent: 'standard output' },
  ],
  ['log.file.maxBytes', 'of one file; then another begins', 10_485_760],
  ['log.file.files', 'how many are kept', 5],
  ['sync.requestTimeoutMs', 'one request to the host', 10_000],
  [
    'sync.releaseDelayMs',
    'a host that was lost must answer for so long, without a failure in between, before it counts as reachable again',
    5_000,
  ],
];

const AT_ONCE: readonly Row[] = [
  ['payment.awaitCardMs', 'a card is awaited so long', 180_000],
  ['payment.presentAgainMs', 'the same, for a card that is to come again', 180_000],
  ['payment.pinEntryMs', 'a PIN is awaited so long, and so is the answer to what a payment asks', 60_000],
  ['payment.exchangeMs', 'a card silent for so long has left', 1_500],
  ['payment.tapMs', 'all exchanges of one tap together', 10_000],
  ['offline.maxUnacknowledgedSumMinor', 'no offline sale once so many fen are not yet at the centre', 2_000_000],
  ['offline.maxUnacknowledgedCount', 'the same for payments', 500],
  ['offline.maxUnacknowledgedAgeS', 'the same once the oldest of them is so old', 604_800],
  ['offline.terminal.dayCount', 'payments that the terminal may take in a day without the centre', 5_000],
  ['offline.terminal.daySumMinor', 'the same in fen', 20_000_000],
  ['offline.card.dayCount', 'payments that one card may make here in a day without the centre', 200],
  ['offline.card.daySumMinor', 'the same in fen', 1_000_000],
  ['offline.cardIntervalS', 'how long one card must wait between two such payments', 0],
  [
    'offline.deferral.amountMinor',
    'turns on approvals on trust while the centre is away ([operations.md](operations.md)): fen of one payment',
    5_000,
    { absent: 'off' },
  ],
  ['offline.deferral.count', 'how many of them the centre may not have acknowledged', 10, { absent: 'off' }],
  ['offline.deferral.sumMinor', 'the same in fen', 20_000, { absent: 'off' }],
  ['sync.authorisationTimeoutMs', 'how long a cashier waits for the host', 6_000],
  ['sync.backOff.baseMs', 'first of the retries, with full jitter; `Retry-After` is obeyed', 500],
  ['sync.backOff.capMs', 'longest wait between retries', 60_000],
  ['sync.contactIntervalMs', 'hotlist, and regular contact', 15_000],
  ['sync.parametersIntervalMs', 'parameters', 900_000],
  ['sync.settlementsIntervalMs', 'while a batch waits for its settlement', 60_000],
  ['sync.batchMaxRecords', 'a batch is sealed at so many records', 100],
  ['sync.batchMaxAgeMs', 'or when its oldest record is so old', 60_000],
  ['archive.afterDays', 'settled records stay in the queue so long; then they move into its archive', 400],
  ['log.level', 'what is logged, least first', 'info'],
];

const rowsOf = (holds: SettingRow['holds'], rows: readonly Row[]): SettingRow[] =>
  rows.map(([path, means, example, more]) => ({ path, means, example, holds, ...more }));

/** Every key of the settings. */
export const SETTING_ROWS: readonly SettingRow[] = [...rowsOf('restart', AT_RESTART), ...rowsOf('at-once', AT_ONCE)];

/** Does a path of a value or of the schema fit a pattern, in which `*` is any one name? */
export function fits(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length === path.length && pattern.every((name, at) => name === '*' || name === path[at]);
}

/** Every value that may be set, in the order of the schema. Throws when the table does not know one. */
export function settings(): readonly Setting[] {
  return leavesOfConfig().map((leaf) => {
    const row = SETTING_ROWS.find(({ path }) => fits(path.split('.'), leaf.path.split('.')));
    if (row === undefined) throw new Error(`no row says what ${leaf.path} means`);
    return { ...leaf, ...row, path: leaf.path };
  });
}

/** The setting at the path of a value. */
export function settingAt(all: readonly Setting[], path: readonly string[]): Setting | undefined {
  return all.find((setting) => fits(setting.path.split('.'), path));
}
