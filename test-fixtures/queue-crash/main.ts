import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crashRounds, prepareQueue } from './crash-rounds.ts';

// node dist/test-fixtures/queue-crash/main.js 1000: as many rounds as are asked for. The folder stays when one fails.
const rounds = Number(process.argv[2] ?? 100);
const folder = mkdtempSync(join(tmpdir(), 'jdpos-crash-'));
const module = join(import.meta.dirname, 'committing-process.js');
console.log(`${rounds} rounds in ${folder}`);
const { told, records } = await crashRounds({ path: prepareQueue(folder), rounds, module });
rmSync(folder, { recursive: true });
console.log(`${told} outcomes told, ${records} records, none lost, the chain sound`);
