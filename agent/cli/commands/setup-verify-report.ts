import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SOFTWARE } from '../../software.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type QueueOptions, withQueueOptions } from '../options.ts';
import { pairs } from '../text.ts';

export const define: Define = (command, start) => {
  withQueueOptions(command)
    .argument('<file>', 'the report, JSON or HTML')
    .addHelpText('after', '\nWith --state-dir or --config it also says whether the key is this terminal’s.')
    .action((file: string, options: QueueOptions) => start((io, json) => verify(file, options, io, json)));
};

async function verify(file: string, where: QueueOptions, io: CliIo, json: boolean): Promise<ExitCode> {
  const [{ verifyReport, accepted, verdictOf }, { embeddedReport, reportPage }] = await Promise.all([
    import('../../setup/report.ts'),
    import('../../setup/report-page.ts'),
  ]);
  const text = readFileSync(resolve(io.workingDirectory, file), 'utf8');
  const page = text.trimStart().startsWith('<');
  const verdict = verifyReport(page ? (embeddedReport(text) ?? '') : text);
  if (verdict.kind === 'not-a-report')
    throw new CliError('bad-file', `${file} is no acceptance report`, 'Name the file.');
  // What a person reads is to be what was signed.
  const otherPage = page && verdict.kind === 'sound' && reportPage(verdict.signed) !== text;
  if (verdict.kind === 'changed' || (otherPage && verdict.signed.report.versions['jdpos'] === SOFTWARE)) {
    throw new CliError(
      'bad-file',
      `${file} was changed after it was signed`,
      'Ask for the one that setup has written.',
    );
  }
  if (otherPage) {
    const what = `${file} holds what was signed, and this version (${SOFTWARE}) cannot tell whether its page says the same`;
    throw new CliError('bad-file', what, 'Check the JSON beside it, or use the version that its page names.');
  }
  const { report, signature } = verdict.signed;
  const own = where.stateDir === undefined && where.config === undefined ? undefined : await ownKey(where, io);
  if (own !== undefined && own !== signature.publicKey) {
    throw new CliError(
      'bad-file',
      `${file} is signed with another key than this terminal’s`,
      'Ask the centre whose it is.',
    );
  }
  const facts = {
    terminal: report.terminal,
    at: report.at,
    accepted: accepted(report),
    verdict: verdictOf(report),
    publicKey: signature.publicKey,
  };
  if (json) io.out(JSON.stringify({ ...facts, ownKey: own !== undefined }));
  else for (const line of described(facts, own !== undefined)) io.out(line);
  return 0;
}

function described(
  facts: { readonly terminal: string; readonly at: string; readonly verdict: string; readonly publicKey: string },
  own: boolean,
): string[] {
  return pairs([
    ['Signature', 'sound: nothing was changed'],
    ['Terminal', facts.terminal],
    ['At', facts.at],
    ['Verdict', facts.verdict],
    ['Key', facts.publicKey],
    ['Whose', own ? 'this terminal’s' : 'compare it with the one that the centre holds for this terminal'],
  ]);
}

async function ownKey(where: QueueOptions, io: CliIo): Promise<string | undefined> {
  const [{ withQueue }, { sm2PublicKey }, { toHex }] = await Promise.all([
    import('../queue-file.ts'),
    import('../../../emv/crypto/index.ts'),
    import('../../../emv/values/index.ts'),
  ]);
  return withQueue(where, io, ({ identity }) => {
    const me = identity.get();
    return me === undefined ? undefined : toHex(sm2PublicKey(me.signingKey));
  });
}
