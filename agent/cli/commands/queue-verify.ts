import type { Verification } from '../../../offline-queue/index.ts';
import type { Define } from '../define.ts';
import { type QueueOptions, withQueueOptions } from '../options.ts';
import { withQueue } from '../queue-file.ts';
import { printable } from '../text.ts';

export const define: Define = (command, start) => {
  withQueueOptions(command)
    .addHelpText('after', '\nExits with 0 when every row is as it was written, with 1 otherwise.')
    .action((options: QueueOptions) =>
      start(async (io, json) => {
        const verification = await withQueue(options, io, (queue) => queue.verify());
        io.out(json ? JSON.stringify(verification) : printable(describeVerification(verification)));
        return verification.kind === 'sound' ? 0 : 1;
      }),
    );
};

/** One line for people. */
function describeVerification(verification: Verification): string {
  if (verification.kind === 'sound') {
    const { records, batches, archives, head } = verification;
    if (records === 0) return 'sound: there are no records yet';
    const from = archives === undefined ? '' : `, some of them from ${archives} archive files`;
    return `sound: ${records} records in ${batches} batches${from}, chain ends at ${head}`;
  }
  const { epoch, sequence, fault, explanation } = verification;
  // A row that is no record has no place; its explanation names it.
  const where = sequence === 0 ? '' : ` at record ${epoch}-${sequence}`;
  return `BROKEN${where} (${fault}): ${explanation}`;
}
