import { InvalidArgumentError } from 'commander';
import { toHex } from '../../../emv/values/index.ts';
import type { StoredRecord } from '../../../offline-queue/index.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import { type QueueOptions, withQueueOptions } from '../options.ts';
import { withQueue } from '../queue-file.ts';
import { pairs, yuan } from '../text.ts';

interface Place {
  readonly epoch: number;
  readonly sequence: number;
}

/** Reads a record's place as lists print it: `1-42`. */
function parsePlace(text: string): Place {
  const [, epoch, sequence] = /^([0-9]{1,9})-([0-9]{1,15})$/.exec(text) ?? [];
  if (epoch === undefined || sequence === undefined) throw new InvalidArgumentError('Expected a place such as 1-42.');
  return { epoch: Number(epoch), sequence: Number(sequence) };
}

export const define: Define = (command, start) => {
  withQueueOptions(command)
    .argument('<record>', 'epoch and sequence, such as 1-42', parsePlace)
    .action((place: Place, options: QueueOptions) =>
      start(async (io, json) => {
        const stored = await withQueue(options, io, ({ records }) => records.get(place.epoch, place.sequence));
        if (stored === undefined) {
          const next = 'See `jdpos queue list` for those there are.';
          throw new CliError('not-found', `there is no record ${place.epoch}-${place.sequence}`, next);
        }
        const shown = { ...stored, ...hexOf(stored) };
        if (json) io.out(JSON.stringify(shown));
        else for (const line of pairs([...fieldsOf(stored)])) io.out(line);
        return 0;
      }),
    );
};

/** The bytes of a stored record in forms that JSON can carry. */
function hexOf({ canonical, previousHash, hash }: StoredRecord) {
  return { canonical: new TextDecoder().decode(canonical), previousHash: toHex(previousHash), hash: toHex(hash) };
}

function* leaves(value: object, path: string): Generator<[string, string]> {
  for (const [name, field] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    if (typeof field === 'object' && field !== null) yield* leaves(field, at);
    else if (name.endsWith('Minor')) yield [at.replace(/Minor$/, ''), yuan(Number(field))];
    else if (field !== undefined) yield [at, String(field)];
  }
}

function* fieldsOf(stored: StoredRecord): Generator<[string, string]> {
  const { record, batchId, verdict, verdictReason } = stored;
  const { previousHash, hash } = hexOf(stored);
  yield* leaves(record, '');
  yield* leaves({ batchId, verdict, verdictReason, previousHash, hash }, '');
}
