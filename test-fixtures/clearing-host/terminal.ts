import { randomBytes, randomUUID } from 'node:crypto';
import type { AuthorisationRequest, BatchRequest, EnrolmentAnswer } from '../../clearing/contract/index.ts';
import {
  cardToken,
  chainHash,
  encodeRecord,
  merkleRoot,
  type Record,
  type RecordChip,
  type RecordDraft,
  requestBytes,
  type SealContent,
  sealContentBytes,
  totalsOf,
} from '../../clearing/contract/record/index.ts';
import {
  drawSm2PrivateKey,
  type Sm2SigningKey,
  sm2Open,
  sm2PublicKey,
  sm2Seal,
  sm2SigningKey,
  sm2SignWith,
} from '../../emv/crypto/index.ts';
import { hex, type Pan, type PurseSerial, toHex } from '../../emv/values/index.ts';
import type { Chip } from './chip.ts';

/** An answer of the host. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly [name: string]: unknown } & { readonly code?: string };
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Moments and days of all test records: noon in Jiangdu. */
const AT = '2026-03-01T12:00:00+08:00';

const DRAFT = {
  kind: 'purchase',
  offline: true,
  currency: 'CNY',
  at: AT,
  reference: 'test sale',
  cardholderVerification: 'none',
  offlineAuthentication: 'none',
  hotlistVersion: 0,
  clock: 'trusted',
  software: 'test',
} as const;

/** What happened, in the words of a record. */
export const HAPPENED = {
  approvedByChip: { outcome: 'approved', fundedBy: 'chip', debited: 'chip' },
  approvedByCard: { outcome: 'approved', fundedBy: 'account', debited: 'account' },
  approvedByHost: { outcome: 'approved', fundedBy: 'account', debited: 'account', offline: false },
  /** Deferred: an ARQC while the host was away. */
  approvedOnTrust: { outcome: 'approved', fundedBy: 'account', debited: 'account', offline: true },
  declined: { outcome: 'declined', fundedBy: 'none', debited: 'none' },
  afterDebit: { outcome: 'declined-after-debit', fundedBy: 'none', debited: 'chip' },
  undecided: { outcome: 'undecided', fundedBy: 'none', debited: 'unknown' },
  loaded: { kind: 'load', outcome: 'approved', fundedBy: 'account', debited: 'account', offline: false },
  notLoaded: { kind: 'load', outcome: 'declined', fundedBy: 'none', debited: 'none', offline: false },
  loadUndecided: { kind: 'load', outcome: 'undecided', fundedBy: 'none', debited: 'unknown', offline: false },
} as const;

/** Whoever has a number by which the centre knows it: a chip or a purse. */
interface Numbered {
  readonly pan: Pan | PurseSerial;
  readonly panSequence: number;
}

interface Written {
  readonly record: Record;
  readonly canonical: string;
  readonly hash: Uint8Array;
  readonly sealedPan?: string;
}

/** A terminal reduced to what the centre sees of it. It writes its own requests and batches, and can write wrong ones. */
export class Terminal {
  readonly #url: string;
  readonly #signingKey: Uint8Array;
  readonly #signing: Sm2SigningKey;
  readonly enrolment: EnrolmentAnswer;
  readonly cardTokenKey: Uint8Array;
  sequence = 0;
  head: Uint8Array;
  unsealed: Written[] = [];

  private constructor(url: string, signingKey: Uint8Array, enrolment: EnrolmentAnswer) {
    this.#url = url;
    this.#signingKey = signingKey;
    this.#signing = sm2SigningKey(signingKey);
    this.enrolment = enrolment;
    this.head = hex(enrolment.genesisHash);
    const envelope = hex(enrolment.cardTokenKey);
    const key = sm2Open({ privateKey32: signingKey, envelope, associatedData: utf8(enrolment.terminal) });
    if (key === undefined) throw new Error('the card token key does not open');
    this.cardTokenKey = key;
  }

  /** Enrols with a code that was given out. */
  static async enrol(url: string, code: string, more: object = {}): Promise<Terminal> {
    const signingKey = drawSm2PrivateKey(randomBytes);
    const body = { code, signingKey: toHex(sm2PublicKey(signingKey)), software: 'test', ...more };
    const answer = await send(url, 'POST', '/v1/enrolments', {}, JSON.stringify(body));
    if (answer.status !== 201) throw new Error(`enrolment: ${answer.status} ${JSON.stringify(answer.body)}`);
    return new Terminal(url, signingKey, answer.body as EnrolmentAnswer);
  }

  /** The same terminal, talking to another host. */
  at({ port }: { readonly port: number }): Terminal {
    return new Terminal(`http://127.0.0.1:${port}`, this.#signingKey, this.enrolment);
  }

  sign(bytes: Uint8Array): string {
    return toHex(sm2SignWith(this.#signing, bytes));
  }

  async post(path: string, body: object, headers: { [name: string]: string } = {}): Promise<Answer> {
    return this.#signed('POST', path, JSON.stringify(body), headers);
  }

  async get(path: string): Promise<Answer> {
    return this.#signed('GET', path);
  }

  #signed(method: 'GET' | 'POST', path: string, body?: string, headers: { [name: string]: string } = {}) {
    const { terminal, epoch } = this.enrolment;
    const signature = this.sign(requestBytes({ method, path, body: utf8(body ?? '') }));
    const own = { 'jdpos-terminal': terminal, 'jdpos-epoch': String(epoch), 'jdpos-signature': signature };
    return send(this.#url, method, path, { ...own, ...headers }, body);
  }

  sealPan(pan: Pan | PurseSerial, token: string): string {
    const sealed = sm2Seal({
      publicKey64: hex(this.enrolment.hostKeys.sealing),
      ephemeralPrivateKey32: drawSm2PrivateKey(randomBytes),
      plaintext: utf8(pan.reveal()),
      associatedData: utf8(token),
    });
    if (sealed === undefined) throw new Error('the sealing key is none');
    return toHex(sealed);
  }

  /** Writes the next record; gives its sequence. */
  write(
    happened: Pick<RecordDraft, 'outcome' | 'fundedBy' | 'debited'> & Partial<RecordDraft>,
    amountMinor: number,
    from?: {
      readonly card: Numbered;
      readonly chip?: RecordChip;
      readonly sealedPan?: string | false;
      /** What the terminal knows of the card itself. */
      readonly known?: Pick<NonNullable<Record['card']>, 'atc' | 'balanceBeforeMinor'>;
    },
    unusual: Partial<Record> = {},
  ): number {
    const { terminal, epoch, merchant } = this.enrolment;
    this.sequence += 1;
    const token = from && cardToken(this.cardTokenKey, from.card.pan);
    const record: Record = {
      ...DRAFT,
      paymentId: randomUUID(),
      amountMinor,
      merchant,
      terminal,
      epoch,
      sequence: this.sequence,
      ...(from &&
        token !== undefined && {
          card: {
            token,
            maskedPan: from.card.pan.masked,
            panSequence: from.card.panSequence,
            aid: 'A000000333010101',
            ...from.known,
          },
        }),
      ...(from?.chip && { chip: from.chip }),
      ...happened,
      ...unusual,
    };
    const sealedPan =
      from === undefined || token === undefined || from.sealedPan === false
        ? undefined
        : (from.sealedPan ?? this.sealPan(from.card.pan, token));
    const canonical = encodeRecord(record);
    this.head = chainHash(this.head, canonical);
    const written = { record, canonical: new TextDecoder().decode(canonical), hash: this.head };
    this.unsealed.push({ ...written, ...(sealedPan !== undefined && { sealedPan }) });
    return this.sequence;
  }

  /** Seals everything that is not sealed yet. */
  seal(unusual: Partial<SealContent> = {}): BatchRequest {
    const { terminal, epoch } = this.enrolment;
    const written = this.unsealed;
    this.unsealed = [];
    const { count, totalMinor } = totalsOf(written.map(({ record }) => record));
    const seal = {
      batchId: randomUUID(),
      terminal,
      epoch,
      firstSequence: this.sequence - count + 1,
      lastSequence: this.sequence,
      count,
      totalMinor,
      chainHead: toHex(this.head),
      merkleRoot: toHex(merkleRoot(written.map(({ hash }) => hash))),
      ...unusual,
    };
    const records = written.map(({ canonical, sealedPan }) => ({
      canonical,
      ...(sealedPan !== undefined && { sealedPan }),
    }));
    return { seal, signature: this.sign(sealContentBytes(seal)), records };
  }

  submit(batch: BatchRequest): Promise<Answer> {
    return this.post('/v1/batches', batch);
  }

  /** Seals, submits, and gives the word on each record: accepted, or why it is disputed. */
  async settleUp(): Promise<readonly string[]> {
    return wordsOf(await this.submit(this.seal()));
  }

  authorisationRequest(
    card: Chip,
    chip: RecordChip,
    amountMinor: number,
    unusual: Partial<AuthorisationRequest> = {},
  ): AuthorisationRequest {
    const token = cardToken(this.cardTokenKey, card.pan);
    const purpose = chip.cryptogramType === 'tc' ? 'verify-tc' : 'authorise';
    return {
      id: randomUUID(),
      purpose,
      paymentId: randomUUID(),
      amountMinor,
      currency: 'CNY',
      at: AT,
      card: {
        sealedPan: this.sealPan(card.pan, token),
        token,
        maskedPan: card.pan.masked,
        panSequence: card.panSequence,
        expiry: '2030-12-31',
      },
      chip,
      ...unusual,
    };
  }

  authorise(request: AuthorisationRequest): Promise<Answer> {
    return this.post('/v1/authorisations', request);
  }

  reverse(authorisation: string, id: string = randomUUID(), more: { readonly notLoaded?: true } = {}): Promise<Answer> {
    return this.post('/v1/reversals', { id, authorisation, paymentId: 'p', reason: 'test', at: AT, ...more });
  }
}

/** The word on each record of an acknowledged batch; throws what the host refused. */
export function wordsOf({ status, body }: Answer): readonly string[] {
  if (status !== 200) throw new Error(`batch: ${status} ${JSON.stringify(body)}`);
  const { verdicts } = body as { verdicts?: readonly { verdict: string; reason?: string }[] };
  return (verdicts ?? []).map(({ verdict, reason }) => reason ?? verdict);
}

/** One request, as it is. */
export async function send(
  url: string,
  method: string,
  path: string,
  headers: { [name: string]: string },
  body?: string,
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && !text.includes('}\n{');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : { text } };
}
