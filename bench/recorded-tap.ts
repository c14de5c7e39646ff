import {
  type Answer,
  type Outcome,
  purchase,
  type Request,
  runStepSync,
  type TransactionInput,
} from '../emv/kernel/index.ts';
import { type CaPublicKey, caKeysOf, type KeyCache } from '../emv/oda/index.ts';
import { fen, hex } from '../emv/values/index.ts';
import { createVirtualCard, memoryStorage, personalise, chip as wholeChip } from '../test-fixtures/card/index.ts';
import { testCaKeys } from '../test-fixtures/pki/index.ts';
import { TEST_MASTER_KEYS } from '../test-fixtures/tray/index.ts';

/** What a virtual card answered to one purchase, to be played again without the card. */
export interface RecordedTap {
  readonly caKeys: readonly CaPublicKey[];
  /** Every answer with its status word, in order. */
  readonly answers: readonly Uint8Array[];
}

const KEYS = testCaKeys();

/** 12.80 at a terminal that is online and has every CA key of the test scheme. */
function input(keyCache: KeyCache | undefined): TransactionInput {
  return {
    amount: fen(1_280),
    transactionType: 0x00,
    currencyCode: hex('0156'),
    date: { year: 2025, month: 6, day: 1 },
    time: { hour: 12, minute: 30, second: 0 },
    unpredictableNumber: hex('11223344'),
    transactionCounter: 1,
    terminal: {
      countryCode: hex('0156'),
      terminalType: 0x22,
      capabilities: hex('E0E9C8'),
      data: new Map(),
      onlineCapable: true,
      onlinePin: true,
      signature: true,
      contactInterface: false,
      statusCheck: false,
      applications: [
        {
          aid: hex('A000000333010101'),
          partialSelection: true,
          version: hex('0030'),
          transactionLimit: fen(500_000),
          cvmLimit: fen(30_000),
          offlineFloorLimit: fen(30_000),
        },
      ],
    },
    caKeys: caKeysOf(KEYS),
    ...(keyCache && { keyCache }),
  };
}

/** Answers what a payment from the chip asks; `exchange` is the card's part. */
function terminal(exchange: (command: Uint8Array) => Uint8Array): (request: Request) => Answer {
  return (request) => {
    switch (request.name) {
      case 'exchange':
        return { kind: 'answered', response: exchange(request.command) };
      case 'save-intent':
        return { kind: 'saved' };
      case 'check-exception-file':
        return { listed: false };
      case 'check-offline-limits':
        return { kind: 'allowed' };
      default:
        throw new Error(`a payment from the chip does not ask for ${request.name}`);
    }
  };
}

function assertPaid(outcome: Outcome): void {
  if (outcome.kind === 'approved' && outcome.fundedBy === 'chip' && outcome.offlineAuthentication === 'fdda-01') return;
  throw new Error(`the tap to be measured came to ${JSON.stringify(outcome)}`);
}

/** Lets a card of the test scheme pay once and keeps what it said. `sm`: a card that knows SM, and so uses it. */
export function recordTap({ sm }: { readonly sm: boolean }): RecordedTap {
  const order = { pan: '6299990000001234567', masterKeys: TEST_MASTER_KEYS, balance: 50_000, sm };
  const random = (length: number): Uint8Array => new Uint8Array(length).fill(0x5a);
  const card = createVirtualCard({ profile: wholeChip([personalise(order)]), storage: memoryStorage(), random });
  const answers: Uint8Array[] = [];
  const exchange = (command: Uint8Array): Uint8Array => {
    const answer = card.transmit(command);
    answers.push(answer);
    return answer;
  };
  assertPaid(runStepSync(purchase(input(undefined)), terminal(exchange)));
  return { caKeys: KEYS, answers };
}

/** The whole tap again, from the amount to the outcome, with the recorded answers. The card takes no time. */
export function replayTap({ answers }: RecordedTap, keyCache: () => KeyCache | undefined): () => Outcome {
  const fixed = input(undefined);
  let at = 0;
  const answer = terminal(() => answers[at++] ?? new Uint8Array());
  const replay = (): Outcome => {
    at = 0;
    const cache = keyCache();
    return runStepSync(purchase(cache === undefined ? fixed : { keyCache: cache, ...fixed }), answer);
  };
  assertPaid(replay());
  if (at !== answers.length) throw new Error(`${at} of ${answers.length} recorded answers were asked for`);
  return replay;
}
