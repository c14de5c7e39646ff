import { describe, expect, it } from 'vitest';
import { QueueError } from '../../offline-queue/index.ts';
import { CliError } from './cli-error.ts';
import { explain } from './explain.ts';

describe('an error in words', () => {
  it.each<[string, unknown, object]>([
    [
      'of the command line',
      new CliError('wrong-use', 'what', 'next'),
      { code: 'wrong-use', next: 'next', exitCode: 2 },
    ],
    ['of the queue', new QueueError('wrong-key'), { code: 'wrong-key', exitCode: 1 }],
    [
      'of the system',
      Object.assign(new Error('EACCES: no'), { code: 'EACCES' }),
      { code: 'EACCES', next: expect.stringContaining('permissions') },
    ],
    ['that is none', 'text', { code: 'internal', message: 'text', exitCode: 1 }],
    [
      'of a binary for another Node',
      Object.assign(new Error('was compiled against a different Node.js version'), { code: 'ERR_DLOPEN_FAILED' }),
      { code: 'native-module', next: 'Run `npm run set-up` in the checkout to build it anew.' },
    ],
    [
      'of a binary that is not there',
      new Error('Could not locate the bindings file. Tried:\n → /a/long/list'),
      { code: 'native-module', message: expect.not.stringContaining('long/list') },
    ],
  ])('%s', (_case, error, explanation) => {
    expect(explain(error)).toMatchObject(explanation);
  });
});
