import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { drawSm2PrivateKey, sm2PublicKey } from '../../emv/crypto/index.ts';
import { toHex } from '../../emv/values/index.ts';
import { Chip } from '../../test-fixtures/clearing-host/chip.ts';
import { aYearFrom, TlsAuthority } from '../../test-fixtures/pki/tls.ts';
import { median } from '../rounds.ts';
import { BenchTerminal } from './bench-terminal.ts';
import { type AnsweringReady, type CentreReady, startProcess } from './processes.ts';

/*
 * `npm run bench:drain`: how fast a queue drains over TLS. The floor is HTTP alone: the same bodies, made and signed before, posted
 * to the same host by a client that does nothing with the answers; and once more to a server that answers at once.
 * Wall-clock rates; contestants take turns, and a ratio is the median of the rounds' own. `--rows 1000000` also fills a second
 * queue with so many acknowledged rows, and sets its drain against that of the small one.
 */

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    records: { type: 'string', default: '1000' },
  },
});
const [rounds, records] = [Number(values.rounds), Number(values.records)];
const PER_BATCH = 100;
const SINGLE_RECORDS = 60;
const SMALL_ROWS = 1_000;
const CHIP_BALANCE = 1_000_000;

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const period = aYearFrom(Date.now());
const authority = await TlsAuthority.make('bench', period);
const server = await authority.server(['127.0.0.1'], period);
const terminals = await TlsAuthority.make('bench terminals', period);
const acknowledgementKey = drawSm2PrivateKey(random);
const chip = new Chip({ balance: CHIP_BALANCE });

const answering = await startProcess<AnsweringReady>('answering-process', {
  server,
  acknowledgementKey: toHex(acknowledgementKey),
});
const { certificate, privateKey } = terminals;
const centre = await startProcess<CentreReady>('centre-process', {
  server,
  terminals: { certificate, privateKey },
  pan: chip.pan.reveal(),
});
const urlOf = ({ port }: { readonly port: number }): string => `https://127.0.0.1:${port}`;

/** A terminal of the host that only acknowledges, with so many acknowledged rows. */
function terminalWithHistory(rows: number): BenchTerminal {
  const terminal = new BenchTerminal(urlOf(answering), authority.certificate);
  const publicKey = sm2PublicKey(acknowledgementKey);
  terminal.queue.identity.enrol({
    terminal: 'BENCH-2',
    merchant: 'M1',
    epoch: 1,
    genesisHash: random(32),
    signingKey: drawSm2PrivateKey(random),
    cardTokenKey: random(32),
    hostAcknowledgementKey: publicKey,
    hostHotlistKey: publicKey,
    hostParameterKey: publicKey,
    hostSealingKey: publicKey,
  });
  // Any proof will do: nobody judges it.
  const payer = { pan: chip.pan, panSequence: chip.panSequence, pay: () => PROOF };
  terminal.sell(payer, rows, 1_000);
  terminal.pretendAcknowledged();
  return terminal;
}
const PROOF = new Chip({ balance: 10 }).pay(1);

const rates = new Map<string, number[]>();
const note = (name: string, count: number, ms: number): void => {
  rates.set(name, [...(rates.get(name) ?? []), (count * 1_000) / ms]);
};

const real = new BenchTerminal(urlOf(centre), authority.certificate);
await real.enrol(centre.code);
const small = terminalWithHistory(SMALL_ROWS);
const big = values.rows === undefined ? undefined : terminalWithHistory(Number(values.rows));
const toAcknowledging = { pan: chip.pan, panSequence: chip.panSequence, pay: () => PROOF };

for (let round = -1; round < rounds; round++) {
  const counted = round >= 0 ? note : () => {};
  small.sell(toAcknowledging, records, PER_BATCH);
  const toNobody = small.readyRequests().map((request) => ({ ...request, path: '/fixed' }));
  counted('HTTP only, to nobody', records, await small.post(toNobody));
  counted('to a host that only acknowledges', records, await small.drain());
  big?.sell(toAcknowledging, records, PER_BATCH);
  if (big) {
    // Read once before, as the small one was for the floor.
    big.readyRequests();
    counted('the same, beside the big history', records, await big.drain());
  }
  real.sell(chip, records, PER_BATCH);
  counted('HTTP only, to the reference host', records, await real.post(real.readyRequests()));
  real.pretendAcknowledged();
  real.sell(chip, records, PER_BATCH);
  counted('to the reference host', records, await real.drain());
  real.sell(chip, SINGLE_RECORDS, 1);
  counted('to the reference host, one by one', SINGLE_RECORDS, await real.drain());
}

const ratio = (product: string, floor: string): number => {
  const against = rates.get(floor) ?? [];
  return median((rates.get(product) ?? []).map((rate, at) => rate / (against[at] ?? Number.NaN)));
};
for (const [name, seen] of rates) console.log(`${name.padEnd(36)} ${median(seen).toFixed(0).padStart(8)} records/s`);
/** A line without a target says what the host's own work costs. */
const lines: (readonly [string, number, number | undefined])[] = [
  ['acknowledging host : HTTP to nobody', ratio('to a host that only acknowledges', 'HTTP only, to nobody'), 0.35],
  ['reference host : HTTP only', ratio('to the reference host', 'HTTP only, to the reference host'), 0.35],
  ['reference host : HTTP to nobody', ratio('to the reference host', 'HTTP only, to nobody'), undefined],
  ['reference host : one by one', ratio('to the reference host', 'to the reference host, one by one'), 20],
];
if (big) {
  const beside = ratio('the same, beside the big history', 'to a host that only acknowledges');
  lines.push([`${values.rows} rows : ${SMALL_ROWS} rows`, beside, 0.9]);
}
for (const [name, found, target] of lines) {
  const verdict = target === undefined ? '' : `target ${target}   ${found >= target ? 'met' : 'MISSED'}`;
  console.log(`${name.padEnd(36)} ${found.toFixed(2).padStart(8)} ×   ${verdict}`.trimEnd());
}
process.exitCode = lines.every(([, found, target = 0]) => found >= target) ? 0 : 1;

for (const terminal of [real, small, big]) await terminal?.close();
await answering.stop();
await centre.stop();
