import { dirname, join } from 'node:path';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import { type QueueOptions, withQueueOptions } from '../options.ts';
import { queueFiles, withQueue } from '../queue-file.ts';

export const define: Define = (command, start) => {
  withQueueOptions(command)
    .requiredOption('--terminal <name>', 'the terminal whose queue it is, so that no other one is meant')
    .addHelpText(
      'after',
      '\nRefuses while the daemon runs, and while anything is not acknowledged. Nothing is deleted: the queue moves into a folder.',
    )
    .action((options: QueueOptions & { terminal: string }) =>
      start(async (io, json) => {
        const { QueueError, retireQueue } = await import('../../../offline-queue/index.ts');
        // One that was cut short has asked whose it is, and is finished.
        const own = await withQueue(options, io, ({ identity }) => identity.get()).catch((error: unknown) => {
          if (!(error instanceof QueueError) || error.code !== 'retiring') throw error;
        });
        if (own !== undefined && own.terminal !== options.terminal) {
          throw new CliError(
            'wrong-use',
            `the queue is ${own.terminal}'s`,
            'Give its name, if it is the one you mean.',
          );
        }
        const { queue: path, masterKey } = await queueFiles(options, io, io.random);
        const day = new Date(io.now()).toISOString().replace(/[-:]|\.[0-9]+/g, '');
        const into = join(dirname(path), `retired-${options.terminal}-${day}`);
        retireQueue({ path, masterKey, random: io.random, into });
        if (json) io.out(JSON.stringify({ retired: into }));
        else io.out(`the queue is in ${into} now; keep it, and master.key, as long as records must be kept`);
        return 0;
      }),
    );
};
