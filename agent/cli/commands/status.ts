import type { DeviceResource, StatusResource } from '../../api/status-resource.ts';
import type { Define } from '../define.ts';
import { describeCertificate, describeClearing, describeQueue, describeTroubles } from '../describe-sync.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';
import { duration, pairs, printable, yuan } from '../text.ts';

export const define: Define = (command, start) => {
  withUrl(command).action(({ url }: UrlOption) => start((io, json) => status(url, io, json)));
};

function describeLimits({ floorMinor, cvmMinor, transactionMinor }: StatusResource['limits']): string {
  if (transactionMinor === 0) return 'nothing can be sold: enrol the terminal, or wait for its parameters';
  return `offline up to ${yuan(floorMinor)}, PIN from ${yuan(cvmMinor)}, refused from ${yuan(transactionMinor)}`;
}

const LIGHTS = {
  blocked: 'no lights: its driver lets no escape command through, see `jdpos doctor`',
  refused: 'no lights: it refuses them',
  'no-answer': 'no lights: it does not answer',
} as const;

function describeReader({ name, port, role, state, lights }: StatusResource['readers'][number]): string {
  const facts = [role, state, ...(lights === undefined ? [] : [LIGHTS[lights]])].join(', ');
  return printable(`${name}${port === undefined ? '' : ` at ${port}`}: ${facts}`);
}

const DEVICES = { 'pin-pad': 'PIN pad', scanner: 'Scanner', printer: 'Printer', display: 'Display' } as const;

/** What the device says of itself may be anything. */
const describeDevice = ({ name, state, detail }: DeviceResource): string =>
  printable(`${name}: ${state === 'ready' ? state : state.toUpperCase()}${detail === undefined ? '' : `, ${detail}`}`);

/** The status in lines for people. */
function describeStatus(status: StatusResource): string[] {
  const { hotlist, readers, devices = [] } = status;
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
    ...readers.map((reader) => ['Reader', describeReader(reader)] as const),
    ...devices.map((device) => [DEVICES[device.kind], describeDevice(device)] as const),
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
