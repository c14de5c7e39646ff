import type { PinPadResource } from '../../api/pin-pad-routes.ts';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';
import { pairs, table } from '../text.ts';

export const define: Define = (command, start) => {
  withUrl(command)
    .addHelpText('after', '\nExits with 1 while the pad takes no PIN.')
    .action(({ url }: UrlOption) => start((io, json) => status(url, io, json)));
};

async function status(url: string | undefined, io: CliIo, json: boolean): Promise<ExitCode> {
  const { daemonAt, daemonUrl } = await import('../daemon.ts');
  const pad = await daemonAt(daemonUrl(url, io.environment), io.fetch).pinPad();
  if (json) io.out(JSON.stringify(pad));
  else for (const line of describePinPad(pad)) io.out(line);
  return pad.state === 'ready' ? 0 : 1;
}

/** The pad and its keys in lines for people. */
export function describePinPad({ name, make, state, detail, keyId, slot, format, keys }: PinPadResource): string[] {
  const loaded = keys?.filter((key) => key.loaded) ?? [];
  const rows = loaded.map((key) => [key.slot, key.usage ?? '', key.mode ?? '', key.algorithm ?? '']);
  const columns = [{ title: 'Place' }, { title: 'Usage' }, { title: 'Mode' }, { title: 'Algorithm' }];
  return [
    ...pairs([
      ['PIN pad', `${name}, after the manual of ${make}`],
      ['State', detail === undefined ? state : `${state}: ${detail}`],
      ['PIN key', `${keyId ?? 'NOT NAMED'}, in place ${slot}, for blocks of format ${format}`],
      [
        'Keys',
        keys === undefined ? 'not told: the pad does not answer, or a PIN is being typed' : `${rows.length} loaded`,
      ],
    ]),
    ...(rows.length === 0 ? [] : table(columns, rows)),
  ];
}
