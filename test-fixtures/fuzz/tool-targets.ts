import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCaKeys } from '../../agent/cli/ca-keys-file.ts';
import { CliError } from '../../agent/cli/cli-error.ts';
import type { CliIo } from '../../agent/cli/io.ts';
import { cvmRules } from '../../emv/cvm/cvm-rules.ts';
import { answerToReset, cvmList, decodeTree, meaningOf } from '../../emv/decode/index.ts';
import { MAX_SCRIPT_COMMANDS } from '../../emv/kernel/bounds.ts';
import { runIssuerScripts } from '../../emv/kernel/debit-credit/issuer-scripts.ts';
import type { CardRead } from '../../emv/kernel/debit-credit/read-card.ts';
import { runStepSync } from '../../emv/kernel/index.ts';
import { caKeysOf } from '../../emv/oda/index.ts';
import { decodePurseIntent, encodePurseIntent, parseLogRecord } from '../../emv/purse/index.ts';
import { codeFamily } from '../../emv/qr/index.ts';
import { lenientCard, readRecording, redact, replay, replayInput, writeRecording } from '../../emv/trace/index.ts';
import { concat, equalBytes, fen, hex, toHex } from '../../emv/values/index.ts';
import type { ByteTarget } from './byte-fuzz.ts';
import type { Draw } from './draw.ts';
import { NOTHING_KNOWN } from './ingredients.ts';
import { mutateBytesOften } from './mutate-bytes.ts';
import { mutateTlv } from './mutate-tlv.ts';
import { walkCvmList } from './second-readers.ts';
import { leavesOf, readTree } from './tlv-tree.ts';
import { type Transcript, withoutStatus } from './transcript.ts';

/*
 * Readers that are not the card's first: CVM lists, issuer scripts, codes that customers show, and the tools around the core
 * (decoders, recordings, CA key files). Whatever they are given, they say what it is or that it is none.
 */

const CVM_INPUT = {
  terminalType: 0x22,
  capabilities: hex('E0F9C8'),
  transactionType: 0x00,
  currencyCode: hex('0156'),
  amount: fen(1_250),
  amountOther: fen(0),
} as const;

/** The walk through the rules, held against a second one. */
function checkCvmList(bytes: Uint8Array, draw: Draw): string | undefined {
  const data = new Map([
    [0x8e, bytes],
    [0x9f42, hex('0156')],
  ]);
  const successes = draw.byte() & draw.byte();
  const succeeds = (nth: number): boolean => ((successes >> (nth % 8)) & 1) === 1;
  const rules = cvmRules(data, hex('1C00'), CVM_INPUT);
  const asked: string[] = [];
  let next = rules.next();
  while (!next.done) {
    next = rules.next(succeeds(asked.push(next.value) - 1) ? 'successful' : 'failed');
  }
  const { value } = next;
  const malformed = (bytes.length > 0 && bytes.length < 8) || bytes.length % 2 === 1;
  if ((value.kind === 'malformed') !== malformed) return `read as ${value.kind}`;
  if (value.kind === 'malformed' || bytes.length <= 8) return undefined;
  const second = walkCvmList(bytes, CVM_INPUT.amount, succeeds);
  const failed = value.tvr.includes('cardholder-verification-not-successful');
  const ours = { asked, method: failed ? undefined : value.cvmResults[0] };
  const [a, b] = [ours, second].map((one) => JSON.stringify(one));
  return a === b ? undefined : `walked as ${a}, a second reader says ${b}`;
}

/** TVR and TSI that take everything: scripts look at nothing else of a card. */
const NOTED = { tvr: { set: () => undefined }, tsi: { set: () => undefined } } as unknown as CardRead;

function checkScripts(bytes: Uint8Array, draw: Draw): string | undefined {
  for (const template of [0x71, 0x72] as const) {
    const sent: Uint8Array[] = [];
    const { results } = runStepSync(runIssuerScripts(NOTED, [bytes, bytes], template), (request) => {
      if (request.name === 'exchange') sent.push(request.command);
      return draw.oneIn(8)
        ? { kind: 'torn' }
        : { kind: 'answered', response: draw.oneIn(4) ? hex('6A80') : hex('9000') };
    });
    if (sent.length > MAX_SCRIPT_COMMANDS) return `${sent.length} commands`;
    if (bytes[0] !== template) {
      if (results.length + sent.length > 0) return 'a script of the other kind was run';
      continue;
    }
    if (results.length !== 10) return `${results.length} bytes of results`;
    const commands = leavesOf(readTree(bytes) ?? []).filter(({ tag }) => tag === 0x86);
    const known = sent.every((command) => commands.some(({ value }) => equalBytes(value, command)));
    if (!known) return 'a command of nobody was sent';
  }
  return undefined;
}

const text = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);
const ascii = (characters: string): Uint8Array => new TextEncoder().encode(characters);

function checkCode(bytes: Uint8Array): string | undefined {
  const code = text(bytes);
  const read = codeFamily(code, [{ prefix: 'JD', length: 20 }]);
  const said = JSON.stringify(read);
  if (read.family === 'emv-cpm') {
    const { applications } = read;
    if (applications.length === 0) return 'no application';
    const shown = applications.some(({ pan }) => pan !== undefined && said.includes(pan.reveal()));
    return shown ? 'the PAN in clear' : undefined;
  }
  // A numeric code is money: it is not repeated.
  return /[0-9]{12}/.test(said) ? 'the code is repeated' : undefined;
}

/** EMV QRCPS merchant of nobody: 85 'CPV01', then one application. */
const CPM = '85054350563031 611A 4F08A000000333010101 570E6299990000001234567D33122010'.replaceAll(' ', '');
const CODES: readonly string[] = [
  '134567890123456789',
  '2812345678901234567',
  '6212345678901234567',
  'JD345678901234567890',
  Buffer.from(hex(CPM)).toString('base64'),
];

const ATRS = ['3B80800101', '3B600000', '3BE000FF8131FE4514', '3B6D00000080318065B0890201F183009000'].map(hex);
/** Every tag with a meaning of its own, with bytes of any kind behind it. */
const MEANT = [
  0x82, 0x87, 0x8a, 0x8c, 0x8e, 0x94, 0x95, 0x9b, 0x9c, 0x9f10, 0x9f27, 0x9f33, 0x9f34, 0x9f4d, 0x9f62, 0x9f66,
];

function checkDecoders(bytes: Uint8Array): string | undefined {
  for (const tag of MEANT) meaningOf(tag, bytes);
  for (const decode of [answerToReset, cvmList]) {
    const read = decode(bytes);
    if (read.kind === 'malformed' && (read.offset < 0 || read.offset > bytes.length)) return `offset ${read.offset}`;
  }
  const tree = decodeTree(bytes);
  if ((tree.kind === 'decoded') !== (readTree(bytes) !== undefined)) return `a tree: ${tree.kind}`;
  return undefined;
}

/** A recording with every exchange of a tap, one of them changed. */
function changedRecording({ exchanges }: Transcript, draw: Draw) {
  const place = draw.below(exchanges.length);
  return exchanges.map(({ command, answer }, at) => {
    if (at !== place) return { command, response: answer };
    const data = withoutStatus(answer);
    const changed = draw.oneIn(2) ? mutateTlv(data, draw, NOTHING_KNOWN) : undefined;
    return { command, response: concat(changed ?? mutateBytesOften(data, draw), answer.subarray(-2)) };
  });
}

function panOf({ exchanges }: Transcript): string | undefined {
  const leaves = exchanges.flatMap(({ answer }) => leavesOf(readTree(withoutStatus(answer)) ?? []));
  const track = leaves.find(({ tag }) => tag === 0x57)?.value;
  const number = leaves.find(({ tag }) => tag === 0x5a)?.value;
  return track ? toHex(track).split('D')[0] : number && toHex(number).replace(/F+$/, '');
}

/** The PAN of a tap survives in no recording that may be shown, as long as one whole answer names it; nor does a PIN. */
function redactionTarget(taps: readonly Transcript[]): ByteTarget {
  return {
    name: 'redaction',
    seeds: [],
    check: (_, draw) => {
      const tap = draw.pick(taps);
      const pan = panOf(tap);
      const exchanges = changedRecording(tap, draw);
      const verify = { command: hex('002000800826123456FFFFFFFF'), response: hex('9000') };
      const { exchanges: shown } = redact({ exchanges: [...exchanges, verify] });
      const all = shown.map(({ command, response }) => `${toHex(command)}${toHex(response)}`).join(' ');
      if (all.includes('26123456')) return 'a PIN survives';
      const lengths = shown.every(
        ({ response }, at) => response.length === [...exchanges, verify][at]?.response.length,
      );
      if (!lengths) return 'an answer has another length';
      // The changed answer may hold what nobody could know for a PAN; the others may not.
      const named = pan !== undefined && panIsNamed(exchanges, pan);
      return named && all.includes(pan) ? `the PAN survives: ${all}` : undefined;
    },
  };
}

/** Does an answer that is whole still say the PAN in its own place? */
function panIsNamed(exchanges: readonly { readonly response: Uint8Array }[], pan: string): boolean {
  return exchanges.some(({ response }) =>
    leavesOf(readTree(withoutStatus(response)) ?? []).some(
      ({ tag, value }) => (tag === 0x5a || tag === 0x57) && toHex(value).split(/[DF]/)[0] === pan,
    ),
  );
}

const NO_KEYS = caKeysOf([]);

function recordingTarget(taps: readonly Transcript[]): ByteTarget {
  const documents = taps
    .slice(0, 4)
    .map(({ exchanges }) =>
      writeRecording({ exchanges: exchanges.map(({ command, answer }) => ({ command, response: answer })) }),
    );
  return {
    name: 'recording',
    seeds: documents.map((document) => ascii(JSON.stringify(document))),
    check: (bytes) => {
      let document: unknown;
      try {
        document = JSON.parse(text(bytes));
      } catch {
        return undefined;
      }
      const read = readRecording(document);
      if (read.kind === 'malformed') return read.problem === '' ? 'no problem is named' : undefined;
      const again = readRecording(writeRecording(read.recording));
      if (again.kind === 'malformed') return 'does not survive being written';
      redact(read.recording);
      const input = replayInput(read.recording, {
        caKeys: NO_KEYS,
        amount: fen(1_250),
        date: { year: 2025, month: 6, day: 1 },
      });
      if (input.kind === 'missing') return undefined;
      replay('contactless', input.input, lenientCard(read.recording), 'approved');
      return undefined;
    },
  };
}

function caKeyFileTarget(): ByteTarget {
  const directory = mkdtempSync(join(tmpdir(), 'jdpos-fuzz-'));
  const path = join(directory, 'keys.json');
  const io = { workingDirectory: directory } as CliIo;
  const rsa = { rid: 'A000000333', index: '80', modulus: 'C7'.repeat(32), exponent: '03', expiry: '2030-12-31' };
  const sm2 = { rid: 'A000000333', index: '57', algorithm: 'SM2', x: '11'.repeat(32), y: '22'.repeat(32) };
  return {
    name: 'CA key file',
    seeds: [ascii(JSON.stringify([rsa])), ascii(JSON.stringify([sm2])), ascii(JSON.stringify([rsa, rsa]))],
    check: (bytes) => {
      writeFileSync(path, bytes);
      try {
        const { all } = readCaKeys('keys.json', io);
        return all.every(({ rid }) => rid.length === 5) ? undefined : 'a RID of another length';
      } catch (thrown) {
        if (thrown instanceof CliError) return undefined;
        throw thrown;
      }
    },
  };
}

const LOG_RECORD = hex('0007000000000004E20601020304050620250601123015');

function checkPurse(bytes: Uint8Array): string | undefined {
  const entry = parseLogRecord(bytes);
  if (entry !== undefined && bytes.length !== LOG_RECORD.length) return 'a record of another length';
  const intent = decodePurseIntent(bytes);
  if (intent === undefined) return undefined;
  const again = decodePurseIntent(encodePurseIntent(intent));
  return again !== undefined && equalBytes(encodePurseIntent(again), encodePurseIntent(intent))
    ? undefined
    : 'does not survive its encoding';
}

/** `taps`: what honest cards say, whose recordings are the tools' seeds. */
export function toolTargets(
  taps: readonly Transcript[],
  purseIntents: readonly Uint8Array[] = [],
): readonly ByteTarget[] {
  const script = (tag: string) => hex(`${tag}189F180400000001860F04DA9F790A000000006250D1D2D3D4`);
  return [
    {
      name: 'CVM list',
      seeds: ['00000000000000004403410342035E031F03', '0000000000000000', '000003E8000007D042061E071F09'].map(hex),
      check: checkCvmList,
    },
    { name: 'issuer scripts', seeds: [script('71'), script('72')], check: checkScripts },
    { name: 'codes', seeds: CODES.map(ascii), check: checkCode },
    {
      name: 'decoders',
      seeds: [...ATRS, ...taps.flatMap(({ exchanges }) => exchanges.map(({ answer }) => withoutStatus(answer)))],
      check: checkDecoders,
    },
    redactionTarget(taps),
    recordingTarget(taps),
    caKeyFileTarget(),
    { name: 'purse log and intent', seeds: [LOG_RECORD, ...purseIntents], check: checkPurse },
  ];
}
