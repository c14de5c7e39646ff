import type { Define } from '../define.ts';
import { describeClearing, describeQueue, describeTroubles } from '../describe-sync.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';
import { pairs } from '../text.ts';

export const define: Define = (command, start) => {
  withUrl(command).action(({ url }: UrlOption) => start((io, json) => syncNow(url, io, json)));
};

const WORDS = {
  done: 'done',
  more: 'going on',
  failed: 'FAILED, tried again',
  waiting: 'the host has us wait',
} as const;

/** A negative answer when something is left undone. */
async function syncNow(url: string | undefined, io: CliIo, json: boolean): Promise<ExitCode> {
  const { daemonAt, daemonUrl } = await import('../daemon.ts');
  const answer = await daemonAt(daemonUrl(url, io.environment), io.fetch).syncNow();
  const rounds = Object.entries(answer.rounds);
  if (json) io.out(JSON.stringify(answer));
  else {
    const lines = pairs([
      ...rounds.map(([loop, word]) => [loop, WORDS[word]] as const),
      ['Clearing', describeClearing(answer.clearing)],
      ['Queue', describeQueue(answer.queue)],
      ...describeTroubles(answer.clearing),
    ]);
    for (const line of lines) io.out(line);
  }
  const isDone = rounds.length > 0 && rounds.every(([, word]) => word === 'done' || word === 'more');
  return isDone ? 0 : 1;
}
