import { join } from 'node:path';
import { type DiskError, faultyDisk } from '../disk-shim/index.ts';
import { failEach } from './fail-each.ts';
import { allTrials } from './trials.ts';

/*
 * A process whose disk fails: runs with the disk shim (first argument) over a folder (second), with these errors (third) in these
 * trials (fourth; none: all) at every call or every nth (fifth), and prints a report as JSON.
 */
const [library = '', folder = '', errors = '', names = '', every = '1'] = process.argv.slice(2);
const disk = await faultyDisk(library);
const trials = allTrials((name) => join(folder, name));
const chosen = names === '' ? trials : trials.filter(({ name }) => names.split(',').includes(name));
const report = failEach(chosen, errors.split(',') as DiskError[], disk, join(folder, 'tries'), Number(every));
process.stdout.write(JSON.stringify(report));
