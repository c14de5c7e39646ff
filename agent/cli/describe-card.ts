import { answerToReset, type DecodedObject, decodeTree, meaningOf, tagHex } from '../../emv/decode/index.ts';
import { aidInfo, statusWordMeaning, tagInfo } from '../../emv/dictionary/index.ts';
import type { ApplicationReport, CardAuthentication, CertificateMethod, LogEntry } from '../../emv/inspect/index.ts';
import { encodeTlv } from '../../emv/tlv/index.ts';
import { type CivilDate, compareDates, concat, type Fen, toHex } from '../../emv/values/index.ts';
import type { Inspected } from './inspect-card.ts';
import { pairs, printable, yuan } from './text.ts';

/** How much of a card is shown, and on which day. */
export interface Showing {
  readonly showPan: boolean;
  readonly today: CivilDate;
}

const two = (value: number): string => String(value).padStart(2, '0');
const day = ({ year, month, day: of }: CivilDate): string => `${year}-${two(month)}-${two(of)}`;
const swText = (sw: number): string => sw.toString(16).toUpperCase().padStart(4, '0');
const money = (amount: Fen | undefined): string => (amount === undefined ? 'not told' : yuan(amount));

/** A field of a log entry in words; names of merchants come in GB 18030. */
function fieldText(tag: number, value: Uint8Array): string {
  if (tag === 0x9f4e) return printable(new TextDecoder('gb18030').decode(value).replace(/[\0 ]+$/, ''));
  const { meaning, parts } = meaningOf(tag, value);
  return printable(meaning ?? parts?.[0]?.meaning ?? toHex(value));
}

const algorithmName = (algorithm: 'rsa' | 'sm2'): string => algorithm.toUpperCase();

/** What the certificates alone leave open, by the method that would tell. */
const UNPROVED: { readonly [M in CertificateMethod | 'none']: string } = {
  dda: 'nothing was signed here, so a copy would pass',
  cda: 'CDA signs payments alone, so a copy would pass here',
  fdda: 'fDDA signs payments alone, so a copy would pass here',
  none: 'nothing was signed here, so a copy would pass',
};

function authenticationText(rid: string, verdict: CardAuthentication): string {
  const key = (index: number): string => `CA key ${rid}/${index.toString(16).toUpperCase().padStart(2, '0')}`;
  const issuer = ({ caKeyIndex, issuerAlgorithm }: Extract<CardAuthentication, { issuerAlgorithm: unknown }>): string =>
    `${key(caKeyIndex)}, issuer ${algorithmName(issuerAlgorithm)}`;
  switch (verdict.kind) {
    case 'card-genuine':
      return `genuine by DDA: ${issuer(verdict)}, card ${algorithmName(verdict.cardAlgorithm)}`;
    case 'data-genuine':
      return `genuine by SDA: ${issuer(verdict)}; a copy would pass`;
    case 'certificates-genuine': {
      const { cardAlgorithm, method = 'none' } = verdict;
      return `certificates genuine: ${issuer(verdict)}, card ${algorithmName(cardAlgorithm)}; ${UNPROVED[method]}`;
    }
    case 'issuer-genuine':
      return `issuer genuine: ${issuer(verdict)}; the card's own could not be checked`;
    case 'failed': {
      const { object, check } = verdict.failure;
      const unknown = object === 'ca-key' && check === 'unknown';
      const where = verdict.caKeyIndex === undefined ? '' : ` (${key(verdict.caKeyIndex)})`;
      return unknown
        ? `not checked: no ${key(verdict.caKeyIndex ?? 0)}; see --ca-keys`
        : `NOT GENUINE: ${object}, ${check}${where}`;
    }
    case 'none':
      return 'no certificates shown';
  }
}

function validity({ effective, expiry }: ApplicationReport, { today }: Showing): string {
  const until = expiry === undefined ? 'not told' : day(expiry);
  const warnings = [
    ...(expiry !== undefined && compareDates(expiry, today) < 0 ? ['EXPIRED'] : []),
    ...(effective !== undefined && compareDates(today, effective) < 0 ? ['NOT YET VALID'] : []),
  ];
  return [effective === undefined ? `until ${until}` : `${day(effective)} to ${until}`, ...warnings].join('  ');
}

function cash({ electronicCash }: ApplicationReport): string {
  const { balance, balanceLimit, singleLimit, resetThreshold } = electronicCash;
  if (balance === undefined && balanceLimit === undefined) return 'not told';
  const limits = `at most ${money(balanceLimit)}, one payment up to ${money(singleLimit)}, reset below ${money(resetThreshold)}`;
  return `${money(balance)} (${limits})`;
}

function reading({ processing, records }: ApplicationReport): string {
  const count = `${records.length} records`;
  switch (processing.kind) {
    case 'debit-credit':
      return `debit/credit: ${count}, all that its AFL names`;
    case 'qpboc':
      return processing.decision === 'tc'
        ? `qPBOC, TC: ${count}; the last one is left alone`
        : `qPBOC, ${processing.decision.toUpperCase()}: ${count}, found without AFL`;
    case 'refused':
      return `GPO refused with ${swText(processing.sw)} (${statusWordMeaning(processing.sw) ?? 'no answer'}): ${count} found`;
    case 'unreadable':
      return `GPO answered what is no answer: ${count} found`;
  }
}

/** What a person wants of a log entry, in this order; JSON has all of it. */
const LOG_COLUMNS: readonly (readonly [tag: number, show: (text: string) => string])[] = [
  [0x9a, (text) => text],
  [0x9f21, (text) => text],
  [0x9f02, (text) => `¥${text}`],
  [0x9c, (text) => text],
  [0x9f4e, (text) => text],
  [0x9f36, (text) => `ATC ${text}`],
];

function logLines(name: string, log: readonly LogEntry[] | undefined): string[] {
  if (log === undefined) return [];
  if (log.length === 0) return [`  ${name}: none yet`];
  const rows = log.map(({ record, fields, balances }) => {
    const words = LOG_COLUMNS.map(([tag, show]) => {
      const value = fields.find((field) => field.tag === tag)?.value;
      const text = value === undefined ? '' : fieldText(tag, value);
      return text === '' ? '' : show(text);
    });
    const moved = balances === undefined ? '' : `${yuan(balances.before)} to ${yuan(balances.after)}`;
    return `    ${[String(record).padStart(2), ...words, moved].filter((word) => word !== '').join('  ')}`;
  });
  return [`  ${name}, newest first`, ...rows];
}

function applicationLines(application: ApplicationReport, showing: Showing): string[] {
  const { aid, label, foundBy, blocked, pan, panSequence, atc, lastOnlineAtc, pinTriesLeft } = application;
  const rid = toHex(aid.subarray(0, 5));
  const name = aidInfo(toHex(aid))?.name;
  const head = [
    printable(label) || 'no label',
    `${toHex(aid)}${name === undefined ? '' : ` (${name})`}`,
    foundBy === 'name' ? 'not in the directory' : '',
    blocked ? 'BLOCKED' : '',
  ];
  const number = showing.showPan ? pan?.reveal() : pan?.masked;
  const lines = pairs([
    ['Card', number === undefined ? 'not told' : `${number}  sequence ${panSequence ?? 'not told'}`],
    ['Valid', validity(application, showing)],
    ['Cash', cash(application)],
    ['ODA', authenticationText(rid, application.authentication)],
    ['PIN tries left', pinTriesLeft === undefined ? 'not told' : String(pinTriesLeft)],
    ['ATC', `${atc ?? 'not told'}  last online ${lastOnlineAtc ?? 'not told'}`],
    ['Read', reading(application)],
  ]);
  return [
    '',
    head.filter((part) => part !== '').join('  '),
    ...lines.map((line) => `  ${line}`),
    ...logLines('Payments', application.log),
    ...logLines('Loads', application.loadLog),
  ];
}

/** An inspected card in lines for the person at the counter. */
export function cardLines({ reader, over, atr, report }: Inspected, showing: Showing): string[] {
  const { directory, applications, blocked, torn } = report;
  const read = answerToReset(atr);
  const protocols =
    read.kind === 'decoded'
      ? read.words.find(({ name }) => name === 'Protocols')?.meaning
      : `malformed: ${read.problem}`;
  return [
    ...pairs([
      ['Reader', `${printable(reader)}: ${over}`],
      ['ATR', `${toHex(atr)}  ${protocols ?? ''}`],
      ['Directory', directory ?? 'none; applications were looked for by name'],
      ...(blocked ? ([['BLOCKED', 'its issuer has blocked the card']] as const) : []),
      ...(applications.length === 0 ? ([['Applications', 'none that is known']] as const) : []),
      ...(torn ? ([['Torn', 'the card left before everything was read']] as const) : []),
    ]),
    ...applications.flatMap((application) => applicationLines(application, showing)),
  ];
}

const objectsOf = (bytes: Uint8Array, { showPan }: Showing, pans: readonly string[]): readonly DecodedObject[] => {
  const tree = decodeTree(bytes, { showPan, pans });
  return tree.kind === 'decoded' ? tree.objects : [];
};

function logJson(log: readonly LogEntry[] | undefined) {
  return log?.map(({ record, fields, balances }) => ({
    record,
    ...(balances && { balanceBeforeMinor: balances.before, balanceAfterMinor: balances.after }),
    fields: fields.map(({ tag, value }) => ({
      tag: tagHex(tag),
      name: tagInfo(tag)?.name ?? null,
      value: toHex(value),
      meaning: fieldText(tag, value),
    })),
  }));
}

function processingJson({ processing }: ApplicationReport) {
  if (processing.kind === 'refused') return { ...processing, sw: swText(processing.sw) };
  if (processing.kind === 'unreadable') return processing;
  const { aip, afl, ...rest } = processing;
  return { ...rest, ...(aip && { aip: toHex(aip) }), ...(afl && { afl: toHex(afl) }) };
}

function authenticationJson({ authentication, aid }: ApplicationReport) {
  const text = authenticationText(toHex(aid.subarray(0, 5)), authentication);
  if (authentication.kind !== 'failed') return { ...authentication, text };
  const { failure, ...rest } = authentication;
  return { ...rest, object: failure.object, check: failure.check, text };
}

function applicationJson(application: ApplicationReport, showing: Showing) {
  const { aid, pan, electronicCash, expiry, effective, data, records } = application;
  const pans = pan === undefined ? [] : [pan.reveal()];
  const { balance, balanceLimit, singleLimit, resetThreshold } = electronicCash;
  return {
    aid: toHex(aid),
    name: aidInfo(toHex(aid))?.name ?? null,
    label: application.label,
    foundBy: application.foundBy,
    blocked: application.blocked,
    pan: (showing.showPan ? pan?.reveal() : pan?.masked) ?? null,
    panSequence: application.panSequence ?? null,
    effective: effective === undefined ? null : day(effective),
    expiry: expiry === undefined ? null : day(expiry),
    expired: expiry !== undefined && compareDates(expiry, showing.today) < 0,
    electronicCash: {
      balanceMinor: balance ?? null,
      balanceLimitMinor: balanceLimit ?? null,
      singleLimitMinor: singleLimit ?? null,
      resetThresholdMinor: resetThreshold ?? null,
    },
    atc: application.atc ?? null,
    lastOnlineAtc: application.lastOnlineAtc ?? null,
    pinTriesLeft: application.pinTriesLeft ?? null,
    authentication: authenticationJson(application),
    processing: processingJson(application),
    log: logJson(application.log) ?? null,
    loadLog: logJson(application.loadLog) ?? null,
    fci: objectsOf(application.fci, showing, pans),
    records: records.map(({ sfi, record, data: bytes }) => ({ sfi, record, objects: objectsOf(bytes, showing, pans) })),
    data: objectsOf(concat(...[...data].map(([tag, value]) => encodeTlv(tag, value))), showing, pans),
  };
}

/** The same as a document. */
export function cardJson({ reader, over, atr, report }: Inspected, showing: Showing) {
  const read = answerToReset(atr);
  return {
    reader,
    interface: over,
    atr: { value: toHex(atr), words: read.kind === 'decoded' ? read.words : [] },
    directory: report.directory ?? null,
    blocked: report.blocked,
    torn: report.torn,
    applications: report.applications.map((application) => applicationJson(application, showing)),
  };
}
