import { join } from 'node:path';
import { POLKIT_FILE } from '../polkit-rule.ts';

/** Where the parts of an installed terminal lie. */
export interface Places {
  readonly config: string;
  readonly clearingCa: string;
  /** Folder of the queue and its key. */
  readonly stateDir: string;
  /** A terminal that is being made, beside its place: a rename puts it there whole. */
  readonly stagedState: string;
  /** What a setup that is broken off was answered. */
  readonly answers: string;
  readonly unit: string;
  readonly polkit: string;
  readonly udev: string;
  readonly modprobe: string;
}

/**
 * @param root what stands for `/`
 * @param stateDir absent: /var/lib/jdpos below it
 */
export function placesBelow(root: string, given: { readonly config?: string; readonly stateDir?: string }): Places {
  const stateDir = given.stateDir ?? join(root, 'var/lib/jdpos');
  const config = given.config ?? join(root, 'etc/jdpos/config.json');
  return {
    config,
    clearingCa: join(config, '../clearing-ca.pem'),
    stateDir,
    stagedState: `${stateDir.replace(/\/+$/, '')}.setup`,
    answers: `${stateDir.replace(/\/+$/, '')}.setup.json`,
    unit: join(root, 'etc/systemd/system/jdpos.service'),
    polkit: join(root, POLKIT_FILE),
    udev: join(root, 'etc/udev/rules.d/70-jdpos.rules'),
    modprobe: join(root, 'etc/modprobe.d/jdpos.conf'),
  };
}
