import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { compose, configSchema, memorySweeper, settingsOf } from '../../agent/index.ts';
import { openPcscReaders, type PinEntry } from '../../drivers/index.ts';
import { Secret } from '../../emv/values/index.ts';
import { loadMasterKey, openQueue } from '../../offline-queue/index.ts';

/** The terminal alone in a process: no card, no host and no keyboard is in its memory but its own. */
const [stateDir = '', clearingUrl = '', socketPath = '', pinFile = ''] = process.argv.slice(2);

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const queue = openQueue({
  path: join(stateDir, 'queue.db'),
  masterKey: loadMasterKey(join(stateDir, 'master.key'), random),
  random,
});

/** The PIN as a pad hands it over, in bytes that have been nowhere else in this process. */
function typedPin(): Secret {
  const file = openSync(pinFile, 'r');
  const bytes = Buffer.allocUnsafeSlow(fstatSync(file).size);
  readSync(file, bytes);
  closeSync(file);
  return new Secret(bytes);
}

const pinEntry: PinEntry = {
  // A pad enciphers it itself; to the terminal it is eight bytes that say nothing.
  enterOnline: async () => ({ kind: 'entered', block: new Secret(random(8)), format: 'iso-0', keyId: 'pad' }),
  verifyOnCard: async () => ({ kind: 'entered', pin: typedPin() }),
};

const readers = await openPcscReaders({
  socketPath,
  roles: (name) => (name.endsWith(' 01') ? 'contact' : 'contactless'),
  log: () => {},
});
const agent = await compose({
  queue,
  readers,
  devices: { pinEntry },
  settings: settingsOf(
    configSchema.parse({
      stateDir,
      clearing: { url: clearingUrl },
      register: { port: 0 },
      central: { port: 0 },
      sync: { batchMaxAgeMs: 200, contactIntervalMs: 500 },
    }),
  ),
  enrolmentCode: 'CODE-0001',
  clock: { now: Date.now, monotonic: () => performance.now() },
  random,
  log: pino({ level: 'debug' }, pino.destination({ dest: join(stateDir, 'agent.log'), sync: true })),
  software: 'jdpos/test',
  builtAt: 0,
  sweepMemory: memorySweeper(),
});
process.on('SIGTERM', async () => {
  await agent.close();
  await readers.close();
  queue.close();
});
process.stdout.write(`${agent.registerUrl}\n`);
