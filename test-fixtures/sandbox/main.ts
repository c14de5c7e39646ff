import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingForVirtualReader, type PrivatePcscd, privatePcscd } from '../reader/index.ts';
import { canSell } from './can-sell.ts';
import { type Child, startChild } from './child.ts';
import { endLeftOvers } from './left-over.ts';
import { type NetworkSwitch, openNetworkSwitch } from './network-switch.ts';
import type { AgentSettings, CardsSettings, HostSettings, Question, ReaderWay } from './settings.ts';
import { prepareStateDir, type StateDir } from './state-dir.ts';
import { takenPort } from './taken-port.ts';
import { serverCaPath } from './tls-files.ts';

/**
 * `npm start`: the supervisor of the sandbox. It starts the centre, the cards and the agent as processes of their own, starts
 * again whichever dies, and ends what an earlier run left behind.
 */
const say = (line: string): void => console.error(`sandbox: ${line}`);
const PCSCD_WATCH_MS = 1_000;

interface Choices {
  readonly port: number;
  readonly stateDir: string;
  readonly reader: 'pcsc' | 'in-process';
  readonly because: string;
}

function fail(line: string, exitCode: 1 | 2 = 2): never {
  say(line);
  process.exit(exitCode);
}

function choices(env: NodeJS.ProcessEnv): Choices {
  const port = Number(env['JDPOS_PORT'] ?? 7400);
  if (!Number.isInteger(port) || port < 1024 || port > 65_000) fail('JDPOS_PORT must be a port from 1024 to 65000.');
  const stateDir = env['JDPOS_STATE_DIR'] ?? join(process.cwd(), '.jdpos');
  const wanted = env['JDPOS_READER'];
  if (wanted !== undefined && wanted !== 'pcsc' && wanted !== 'in-process') {
    fail('JDPOS_READER must be pcsc or in-process.');
  }
  const missing = missingForVirtualReader();
  if (wanted === 'pcsc' && missing.length > 0) fail(`the PC/SC reader needs ${missing.join(', ')}.`);
  if (wanted === 'in-process') return { port, stateDir, reader: wanted, because: 'as JDPOS_READER says' };
  if (missing.length > 0) return { port, stateDir, reader: 'in-process', because: `missing: ${missing.join(', ')}` };
  return { port, stateDir, reader: 'pcsc', because: 'pcscd with the virtual reader vpcd' };
}

/** A pcscd that is there as long as the sandbox is. */
async function openPcscd(dir: string): Promise<PrivatePcscd & { unwatch(): void }> {
  const pcscd = await privatePcscd({ dir, sam: true });
  await pcscd.start();
  const timer = setInterval(() => {
    if (pcscd.isRunning) return;
    say('pcscd ended; starting it again');
    pcscd.start().catch((error: Error) => say(error.message));
  }, PCSCD_WATCH_MS);
  return Object.assign(pcscd, { unwatch: () => clearInterval(timer) });
}

function starter(state: StateDir, env: NodeJS.ProcessEnv) {
  return (
    name: 'host' | 'cards' | 'agent',
    settings: HostSettings | CardsSettings | AgentSettings,
    answer?: Answer,
  ): Child =>
    startChild({
      name,
      module: fileURLToPath(import.meta.resolve(`./${name}-process.js`)),
      settings,
      runDir: state.run,
      env,
      say,
      answer: (question) => (answer ? answer(question as Question) : Promise.reject(new Error('nothing to ask'))),
    });
}

type Answer = (question: Question) => Promise<unknown>;

const { port, stateDir, reader, because } = choices(process.env);
const state = prepareStateDir(stateDir);
await endLeftOvers(state.run, 'test-fixtures/sandbox/', say);
const taken = await takenPort(port);
if (taken !== undefined)
  fail(
    `port ${taken} is taken by another program; choose another than ${port} with JDPOS_PORT (the next and the tenth after it are used too)`,
    1,
  );
writeFileSync(join(state.run, 'supervisor.pid'), String(process.pid));

const pcscd = reader === 'pcsc' ? await openPcscd(join(state.reachable, 'pcscd')) : undefined;
const way: ReaderWay = pcscd
  ? { kind: 'pcsc', vpcdPorts: pcscd.ports, samPort: pcscd.samPort, pcscdSocket: pcscd.socketPath }
  : { kind: 'in-process', socketPath: join(state.reachable, 'reader.sock') };
const start = starter(state, { ...process.env, ...(pcscd && { PCSCLITE_CSOCK_NAME: pcscd.socketPath }) });

const tlsDir = state.centre;
const host = start('host', { port: port + 10, dataDir: join(state.reachable, 'postgres'), tlsDir });
const network: NetworkSwitch = await openNetworkSwitch(async () => Number(await host.ask({ do: 'secure-port' })));
const cards = start('cards', { stateDir: state.cards, reader: way });
const children: Child[] = [host, cards];

let stopping = false;
const stop = async (): Promise<void> => {
  if (stopping) return;
  stopping = true;
  pcscd?.unwatch();
  for (const child of [...children].reverse()) await child.stop();
  await network.close();
  await pcscd?.stop();
  process.exit(0);
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);

try {
  await Promise.all([host.ready, cards.ready]);
  const agent = start(
    'agent',
    {
      stateDir: state.agent,
      port,
      clearingUrl: `https://127.0.0.1:${network.port}`,
      clearingCa: serverCaPath(tlsDir),
      reader: way,
    },
    async ({ to, body }) => (to === 'cards' ? cards.ask(body) : to === 'host' ? host.ask(body) : network.set(body)),
  );
  children.push(agent);
  await agent.ready;
  if (!(await canSell(port))) say('the terminal has no parameters yet; it refuses payments until they are there');
  console.log(
    `jdpos sandbox: visit http://127.0.0.1:${port}/ (customer screen: /customer; reader: ${reader}, ${because}; Ctrl-C ends it)`,
  );
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  await stop();
}
