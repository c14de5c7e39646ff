import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { afterMs } from '../../drivers/index.ts';
import { memoryStorage } from '../card/index.ts';
import { cannotTest } from '../missing-parts.ts';
import {
  type CardField,
  missingForVirtualReader,
  type PrivatePcscd,
  privatePcscd,
  quickAcknowledgement,
  virtualField,
} from '../reader/index.ts';
import { openTray } from '../tray/index.ts';

const skipped = cannotTest('card inspect over PC/SC', missingForVirtualReader());

const KEYS = join(import.meta.dirname, '../../docs/examples/test-ca-keys.json');
const JDPOS = join(import.meta.dirname, '../../dist/agent/cli/jdpos.cjs');
const run = promisify(execFile);

describe.skipIf(skipped)('card inspect over pcscd', () => {
  let dir: string;
  let pcscd: PrivatePcscd;
  let field: CardField;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'jdpos-inspect-'));
    chmodSync(dir, 0o711);
    pcscd = await privatePcscd({ dir: join(dir, 'd') });
    await pcscd.start();
    field = virtualField({ port: pcscd.ports[0], acknowledge: await quickAcknowledgement(), after: afterMs });
  });
  afterAll(async () => {
    await field.remove();
    await pcscd.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('reads a card on a reader behind PC/SC, as a process of its own, and takes nothing from it', async () => {
    const tray = openTray({ storageOf: () => memoryStorage(), random: (length) => new Uint8Array(length).fill(0x5a) });
    const chip = tray.chip('two-applications');
    if (chip === undefined) throw new Error('no card');
    await field.place(chip);
    const words = ['card', 'inspect', '--json', '--ca-keys', KEYS, '--url', 'http://127.0.0.1:1'];
    const { stdout } = await run(process.execPath, [JDPOS, ...words], {
      env: { ...process.env, PCSCLITE_CSOCK_NAME: pcscd.socketPath },
    });
    expect(JSON.parse(stdout)).toMatchObject({
      reader: 'Virtual PCD 00 00',
      interface: 'contactless',
      applications: [
        {
          label: 'JIANGDU DEBIT',
          electronicCash: { balanceMinor: 2_000 },
          authentication: { kind: 'certificates-genuine' },
        },
        {
          label: 'JIANGDU CASH',
          electronicCash: { balanceMinor: 15_000 },
          authentication: { kind: 'certificates-genuine' },
        },
      ],
    });
    expect(chip.stored().applications.map(({ balance }) => balance)).toEqual([2_000, 15_000]);
  });
});
