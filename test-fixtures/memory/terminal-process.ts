import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { openDevices } from '../../agent/devices/open-devices.ts';
import { compose, configSchema, memorySweeper, settingsOf } from '../../agent/index.ts';
import { openPcscReaders } from '../../drivers/index.ts';
import { Secret } from '../../emv/values/index.ts';
import { loadMasterKey, openQueue } from '../../offline-queue/index.ts';

/** The terminal alone in a process: no card, no host, no keyboard and no device is in its memory but its own. */
const [stateDir = '', clearingUrl = '', socketPath = '', pinFile = '', deviceSettings = '{}'] = process.argv.slice(2);

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const queue = openQueue({
  path: join(stateDir, 'queue.db'),
  masterKey: loadMasterKey(join(stateDir, 'master.key'), random),
  random,
});

/** The PIN as a pad hands it over that has a card check it, in bytes that have been nowhere else in this process. */
function typedPin(): Secret {
  const file = openSync(pinFile, 'r');
  const bytes = Buffer.allocUnsafeSlow(fstatSync(file).size);
  readSync(file, bytes);
  closeSync(file);
  return new Secret(bytes);
}

const readers = await openPcscReaders({
  socketPath,
  roles: (name) => (name.endsWith(' 01') ? 'contact' : 'contactless'),
  log: () => {},
});
const log = pino({ level: 'debug' }, pino.destination({ dest: join(stateDir, 'agent.log'), sync: true }));
const config = configSchema.parse({
  stateDir,
  clearing: { url: clearingUrl },
  devices: JSON.parse(deviceSettings),
  register: { port: 0 },
  central: { port: 0 },
  sync: { batchMaxAgeMs: 200, contactIntervalMs: 500 },
});
const devices = openDevices(config.devices, { readers, log: (event, details) => log.info(details, event) });
const { pinEntry } = devices;
if (pinEntry === undefined) throw new Error('the settings name no PIN pad');
const agent = await compose({
  queue,
  readers,
  devices: {
    ...devices,
    pinEntry: {
      enterOnline: (request) => pinEntry.enterOnline(request),
      verifyOnCard: async () => ({ kind: 'entered', pin: typedPin() }),
    },
  },
  settings: settingsOf(config),
  enrolmentCode: 'CODE-0001',
  clock: { now: Date.now, monotonic: () => performance.now() },
  random,
  log,
  software: 'jdpos/test',
  builtAt: 0,
  sweepMemory: memorySweeper(),
});
process.on('SIGTERM', async () => {
  await agent.close();
  await devices.close();
  await readers.close();
  queue.close();
});
process.stdout.write(`${agent.registerUrl}\n`);
