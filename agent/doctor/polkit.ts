import { PCSC_ACTIONS as ACTIONS, POLKIT_FILE, polkitRule } from '../polkit-rule.ts';
import { type Finding, fail, ok, unknown } from './finding.ts';
import type { Check } from './machine.ts';
import { daemonUser } from './who.ts';

export interface PolkitFacts {
  /** pcscd asks polkit who may use it. */
  readonly asked: boolean;
  readonly user: { readonly name: string; readonly uid: number };
  /** All rules together; undefined: they cannot be read by whoever looks. */
  readonly rules: string | undefined;
}

/** A user without a session of its own, as a service has, is refused unless a rule says otherwise. */
export function judgePolkit({ asked, user, rules }: PolkitFacts): Finding {
  const id = 'readers.polkit';
  if (!asked) return ok(id, 'pcscd asks no polkit');
  if (user.uid === 0) return ok(id, 'the daemon runs as root, whom polkit refuses nothing');
  if (rules === undefined)
    return unknown(id, 'the rules of polkit cannot be read by this user', 'sudo jdpos doctor readers');
  const lacking = ACTIONS.filter((action) => !rules.includes(action));
  if (lacking.length === 0) return ok(id, `polkit has rules for ${ACTIONS.join(' and ')}`);
  return fail(id, `polkit has no rule that lets ${user.name} use the readers (${lacking.join(', ')})`, {
    cause: 'pcscd refuses a service’s user without one',
    remedy: `echo '${polkitRule(user.name)}' > ${POLKIT_FILE}`,
  });
}

const FOLDERS = ['/etc/polkit-1/rules.d', '/usr/share/polkit-1/rules.d'];

export const polkit: Check = {
  id: 'readers.polkit',
  limitMs: 5_000,
  async run(machine) {
    const asked = (await machine.facts('/usr/share/polkit-1/actions/org.debian.pcsc-lite.policy')) !== undefined;
    const folders = await Promise.all(
      FOLDERS.map(async (folder) => {
        if ((await machine.facts(folder)) === undefined) return [];
        return (await machine.list(folder))?.map((name) => `${folder}/${name}`);
      }),
    );
    const texts = await Promise.all(folders.flatMap((files) => files ?? []).map((file) => machine.read(file)));
    const hidden = folders.includes(undefined) || texts.includes(undefined);
    const text = texts.filter((one) => one !== undefined).join('\n');
    const seen = ACTIONS.every((action) => text.includes(action));
    return [judgePolkit({ asked, user: await daemonUser(machine), rules: hidden && !seen ? undefined : text })];
  },
};
