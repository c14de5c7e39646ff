import type { StatusResource } from '../../api/status-resource.ts';
import type { Define } from '../define.ts';
import { describeCertificate, describeClearing, describeQueue, describeTroubles } from '../describe-sync.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';
import { duration, pairs, yuan } from '../text.ts';

export const define: Define = (command, start) => {
  withUrl(command).action(({ url }: UrlOption) => start((io, json) => status(url, io, json)));
};

function describeLimits({ floorMinor, cvmMinor, transactionMinor }: StatusResource['limits']): string {
  if (transactionMinor === 0) return 'nothing can be sold: enrol the terminal, or wait for its parameters';
  return `offline up to ${yuan(floorMinor)}, PIN from ${yuan(cvmMinor)}, refused from ${yuan(transactionMinor)}`;
}

/** The status in lines for people. */
function describeStatus(status: StatusResource): string[] {
  const { hotlist, readers } = status;
  const age = hotlist.ageS === undefined ? 'never fetched' : `${duration(hotlist.ageS)} old`;
  return pairs([
    ['Terminal', status.terminal ?? 'not enrolled'],
    ...(status.stopped ? ([['STOPPED', `${status.stopped.reason}: ${status.stopped.detail}`]] as const) : []),
    ['Clearing', describeClearing(status.clearing)],
    ...describeCertificate(status.clearing),
    ['Queue', describeQueue(status.queue)],
    ['Hotlist', `version ${hotlist.version}, ${age}`],
    ['Limits', describeLimits(status.limits)],
    ...(readers.length === 0 ? ([['Reader', 'none found']] as const) : []),
    ...readers.map(({ name, role, state }) => ['Reader', `${name}: ${role}, ${state}`] as const),
    ...(status.keys?.rotating ? ([['Keys', 'what is stored is being sealed under other keys']] as const) : []),
    ...(status.openIntent ? ([['Torn', 'a payment waits for its card to be tapped again']] as const) : []),
    ...describeTroubles(status.clearing),
  ]);
}

async function status(url: string | undefined, io: CliIo, json: boolean): Promise<ExitCode> {
  const { daemonAt, daemonUrl } = await import('../daemon.ts');
  const answer = await daemonAt(daemonUrl(url, io.environment), io.fetch).status();
  if (json) io.out(JSON.stringify(answer));
  else for (const line of describeStatus(answer)) io.out(line);
  return 0;
}
