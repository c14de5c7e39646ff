import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openKeyStore, openQueueReadOnly } from '../../offline-queue/index.ts';
import { keyPlaces } from '../config/key-places.ts';
import { queuePaths } from '../config/paths.ts';
import { present } from '../present.ts';
import { readAuthority } from './authority.ts';
import { type Run, versionsOf } from './machine.ts';
import { type ReportContent, reportJson, type SignedReport, signReport } from './report.ts';
import { reportPage } from './report-page.ts';
import type { SetUpTerminal } from './set-up.ts';

/** The report of a setup, signed with the terminal's own key. Throws QueueError where the key cannot be read. */
export async function reportOf(setUp: SetUpTerminal, at: string, run: Run): Promise<SignedReport> {
  const { config } = setUp;
  const masterKey = openKeyStore({ ...keyPlaces(config.stateDir, config.keyStore), credentials: undefined });
  const queue = openQueueReadOnly({ path: queuePaths(config.stateDir).queue, masterKey });
  try {
    const identity = queue.identity.get();
    if (identity === undefined) throw new Error('the terminal is not enrolled');
    const hotlistVersion = setUp.up?.status.hotlist.version ?? queue.hotlist.status().version;
    return signReport(
      contentOf(setUp, { ...identity, at, hotlistVersion, versions: await versionsOf(run) }),
      identity.signingKey,
    );
  } finally {
    queue.close();
  }
}

interface Known {
  readonly terminal: string;
  readonly merchant: string;
  readonly epoch: number;
  readonly at: string;
  readonly hotlistVersion: number;
  readonly versions: Readonly<Record<string, string>>;
}

function contentOf({ config, enrolled, tests, up, files }: SetUpTerminal, known: Known): ReportContent {
  const { clearing, acceptTestKeys } = config;
  return present({
    kind: 'jdpos-acceptance-report/1' as const,
    ...{ at: known.at, terminal: known.terminal, merchant: known.merchant, epoch: known.epoch },
    enrolment: enrolled === undefined ? ('kept' as const) : ('new' as const),
    testKeys: acceptTestKeys,
    clearing: present({
      url: clearing.url,
      caSha256: clearing.ca === undefined ? undefined : readAuthority(clearing.ca).sha256.replaceAll(':', ''),
    }),
    parameters: enrolled && { version: enrolled.parameters.version, caKeys: enrolled.parameters.caKeys },
    hotlistVersion: known.hotlistVersion,
    certificateUntil: up?.status.clearing.certificate?.notAfter ?? enrolled?.certificateUntil,
    readers: up?.status.readers ?? [],
    devices: Object.fromEntries(Object.entries(config.devices).map(([kind, settings]) => [kind, withoutKey(settings)])),
    versions: known.versions,
    files,
    tests,
  });
}

/** The key of the on-screen pad is a test key, and a report holds none all the same. */
const withoutKey = (settings: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => name !== 'testKey'));

/** Writes both forms into a folder; their paths. */
export function writeReport(signed: SignedReport, folder: string): { readonly json: string; readonly html: string } {
  const { terminal, at } = signed.report;
  const name = `jdpos-acceptance-${terminal.replace(/[^A-Za-z0-9-]/g, '_')}-${at.replace(/[-:]|\.\d+/g, '')}`;
  mkdirSync(folder, { recursive: true });
  const paths = { json: join(folder, `${name}.json`), html: join(folder, `${name}.html`) };
  writeFileSync(paths.json, reportJson(signed));
  writeFileSync(paths.html, reportPage(signed));
  return paths;
}
