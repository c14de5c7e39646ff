import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { openDevices } from '../../agent/devices/open-devices.ts';
import {
  type Agent,
  BUILT_AT,
  CASHIER_FOLDER,
  compose,
  configSchema,
  openAgentQueue,
  queuePaths,
  SOFTWARE,
  settingsOf,
} from '../../agent/index.ts';
import { type CardReaders, openPcscReaders, type ReaderRole } from '../../drivers/index.ts';
import { hex } from '../../emv/values/index.ts';
import { loadMasterKey } from '../../offline-queue/index.ts';
import { openVirtualPinPad } from '../pin-pad/virtual-pin-pad.ts';
import { openTcpPrinter, type TcpPrinter } from '../printer/tcp-printer.ts';
import { openSocketReaders } from '../reader/index.ts';
import { trayControl } from '../tray/index.ts';
import { receiptRoutes } from './receipt-routes.ts';
import { sandboxRoutes } from './sandbox-routes.ts';
import { type AgentSettings, type Question, TEST_PIN_KEY } from './settings.ts';
import { supervised } from './supervised.ts';

/** The process of the agent: the same composition as on a terminal, with the virtual PIN pad and the sandbox's routes. */
const supervisor = supervised<AgentSettings>({
  async stop() {
    await agent?.close();
    await devices?.close();
    await paper?.close();
    await openReaders?.close();
    queue?.close();
  },
});
let agent: Agent | undefined;
let openReaders: CardReaders | undefined;
let devices: ReturnType<typeof openDevices> | undefined;
let paper: TcpPrinter | undefined;

const { stateDir, port, clearingUrl, clearingCa, reader } = supervisor.settings;
const log = pino({ level: 'warn' }, pino.destination({ dest: join(stateDir, 'agent.log'), sync: true }));
const random = (length: number): Uint8Array => randomBytes(length);
const paths = queuePaths(stateDir);
const { queue, distrusted } = openAgentQueue({
  path: paths.queue,
  masterKey: loadMasterKey(paths.masterKey, random),
  random,
});
distrusted.addEventListener('abort', () => supervisor.fail(distrusted.reason));
const ask = (question: Question): Promise<unknown> => supervisor.ask(question);

const onPaper = await openTcpPrinter({ columns: 32 });
paper = onPaper;

/** Quicker than on a terminal, so that a newcomer sees a batch settle while watching. */
const config = configSchema.parse({
  stateDir,
  clearing: {
    url: clearingUrl,
    ca: clearingCa,
    ...(queue.identity.get() === undefined && {
      enrolmentCode: await ask({ to: 'host', body: { do: 'issue-enrolment-code' } }),
    }),
  },
  // Every key of the sandbox is a test key.
  acceptTestKeys: true,
  // Whoever tries it out taps the same few cards all day.
  offline: {
    terminal: { dayCount: 1_000_000, daySumMinor: 10_000_000_000 },
    card: { dayCount: 1_000_000, daySumMinor: 10_000_000_000 },
  },
  devices: { printer: { kind: 'network', host: '127.0.0.1', port: onPaper.port } },
  register: { port },
  central: { port: port + 1 },
  sync: {
    requestTimeoutMs: 2_000,
    backOff: { baseMs: 100, capMs: 1_000 },
    releaseDelayMs: 300,
    contactIntervalMs: 1_000,
    settlementsIntervalMs: 500,
    batchMaxAgeMs: 1_000,
  },
});

/** The second slot of the virtual reader takes cards with contacts; the PSAM has a reader of its own. */
function roleOf(name: string): ReaderRole {
  if (name.startsWith('Virtual SAM')) return 'sam';
  return name.endsWith(' 01') ? 'contact' : 'contactless';
}

const readers =
  reader.kind === 'pcsc'
    ? await openPcscReaders({
        socketPath: reader.pcscdSocket,
        roles: roleOf,
        log: (event, details) => log.info(details, event),
      })
    : await openSocketReaders({ path: reader.socketPath });
openReaders = readers;
devices = openDevices(config.devices, { readers, log: (event, details) => log.info(details, event) });
const pad = openVirtualPinPad({ key: hex(TEST_PIN_KEY.hex), keyId: TEST_PIN_KEY.keyId });
let killAfter: string | undefined;

const hands = sandboxRoutes({
  readers,
  pad,
  tray: trayControl((body) => ask({ to: 'cards', body })),
  setNetwork: async (state) => {
    await ask({ to: 'network', body: state });
  },
  async newTerminal(named) {
    const terminal = named ?? String(await ask({ to: 'host', body: { do: 'name-terminal' } }));
    return {
      ...{ terminal, clearingUrl, clearingCa },
      enrolmentCode: String(await ask({ to: 'host', body: { do: 'issue-enrolment-code', terminal } })),
      ...(reader.kind === 'pcsc' && { pcscdSocket: reader.pcscdSocket }),
    };
  },
  killAfter: (step) => {
    killAfter = step;
  },
});

agent = await compose({
  queue,
  readers,
  devices: { ...devices, pinEntry: pad },
  settings: settingsOf(config, { serverCa: readFileSync(clearingCa, 'utf8') }),
  ...(config.clearing.enrolmentCode !== undefined && { enrolmentCode: config.clearing.enrolmentCode }),
  clock: { now: Date.now, monotonic: () => performance.now() },
  random,
  log,
  software: SOFTWARE,
  builtAt: BUILT_AT,
  cashierFolder: CASHIER_FOLDER,
  mount: (app) => {
    hands(app);
    receiptRoutes(onPaper.printer)(app);
  },
  onStep: ({ name }) => {
    if (name === killAfter) process.kill(process.pid, 'SIGKILL');
  },
});
supervisor.ready();
