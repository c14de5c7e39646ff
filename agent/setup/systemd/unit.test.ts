import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { polkitRules, udevRules } from './rules.ts';
import { type UnitParts, unitText } from './unit.ts';

const PARTS: UnitParts = {
  node: '/usr/bin/node',
  program: '/opt/jdpos/dist/agent/cli/jdpos.cjs',
  config: '/etc/jdpos/config.json',
  stateDir: '/var/lib/jdpos',
  groups: ['dialout', 'lp'],
  credentials: [],
  logFolder: undefined,
  token: false,
};
const linesOf = (parts: Partial<UnitParts>): string[] => unitText({ ...PARTS, ...parts }).split('\n');

describe('the unit of a terminal', () => {
  it('runs the daemon as its own user, watched, and started again', () => {
    expect(linesOf({})).toEqual(
      expect.arrayContaining([
        'Type=notify',
        'NotifyAccess=all',
        'ExecStart=/usr/bin/node /opt/jdpos/dist/agent/cli/jdpos.cjs run --config /etc/jdpos/config.json',
        'User=jdpos',
        'SupplementaryGroups=dialout lp',
        'StateDirectory=jdpos',
        'WatchdogSec=60',
        'Restart=on-failure',
        'LimitCORE=0',
        'MemorySwapMax=0',
        'ProtectSystem=strict',
        'ProtectHome=yes',
      ]),
    );
  });

  it('lets a state folder elsewhere be written, and a program in a home be read', () => {
    const lines = linesOf({ stateDir: '/srv/till 3', program: '/home/shop/jdpos.js' });
    expect(lines).toContain('ReadWritePaths="/srv/till 3"');
    expect(lines).toContain('ProtectHome=read-only');
    expect(lines.some((line) => line.startsWith('StateDirectory='))).toBe(false);
  });

  it('lets a log elsewhere be written, and the usual one by its own setting', () => {
    expect(linesOf({ logFolder: '/srv/till log' })).toContain('ReadWritePaths=-"/srv/till log"');
    expect(linesOf({ logFolder: '/var/log/jdpos' }).some((line) => line.startsWith('ReadWritePaths='))).toBe(false);
  });

  it('closes no device, and leaves the ways to pcscd and the network open', () => {
    const lines = linesOf({});
    expect(
      lines.filter((line) =>
        /^(PrivateDevices|ProtectClock|DevicePolicy|DeviceAllow|PrivateNetwork|PrivateUsers)=/.test(line),
      ),
    ).toEqual([]);
    expect(lines).toContain('RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK');
  });

  it('puts words between quotes that have blanks or signs', () => {
    const lines = linesOf({ program: '/opt/100% "mine"/$jdpos.js' });
    expect(lines).toContain(
      'ExecStart=/usr/bin/node "/opt/100%% \\"mine\\"/$$jdpos.js" run --config /etc/jdpos/config.json',
    );
  });

  it('names credentials, and does not try a token again and again', () => {
    expect(linesOf({ credentials: ['jdpos-master', 'token-pin'], token: true })).toEqual(
      expect.arrayContaining([
        'LoadCredentialEncrypted=jdpos-master',
        'LoadCredentialEncrypted=token-pin',
        'StartLimitBurst=2',
      ]),
    );
  });
});

const analyze = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' });
const there = analyze.error === undefined;
if (!there && process.env['CI'] === 'true') throw new Error('missing: systemd-analyze');
if (!there) console.warn('skipped: without systemd-analyze no unit is verified');

describe.skipIf(!there)('systemd', () => {
  it('has nothing to say against it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'jdpos-unit-'));
    try {
      const path = join(folder, 'jdpos.service');
      const unit = (parts: Partial<UnitParts>) => {
        // Programs and groups of this machine, since systemd looks for them.
        writeFileSync(path, unitText({ ...PARTS, node: process.execPath, groups: ['root'], ...parts }));
        const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
        return { status, said: stderr.split('\n').filter((line) => line.includes('jdpos.service')) };
      };
      expect(unit({})).toEqual({ status: 0, said: [] });
      expect(unit({ logFolder: '/srv/till log' })).toEqual({ status: 0, said: [] });
      expect(unit({ stateDir: '/srv/till 3', credentials: ['jdpos-master'] })).toEqual({ status: 0, said: [] });
      // It would say so.
      expect(unit({ node: '/no/such/program' }).status).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe.skipIf(!there)('its exposure', () => {
  it('is what systemd calls ok, and a unit without hardening is not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'jdpos-exposure-'));
    try {
      const path = join(folder, 'jdpos.service');
      const within = (text: string): boolean => {
        writeFileSync(path, text);
        const words = ['security', '--offline=true', '--no-pager', '--threshold=30', path];
        return spawnSync('systemd-analyze', words).status === 0;
      };
      expect(within(unitText(PARTS))).toBe(true);
      expect(within(unitText(PARTS).replace(/^(Protect|Restrict|SystemCall|Capability).*\n/gm, ''))).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('rules', () => {
  it('keep ModemManager from the chosen ports alone', () => {
    const rules = udevRules([
      '/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0',
      '/dev/ttyUSB0',
      '/dev/pts/3',
      '/dev/ttyUSB0"; RUN+="x',
    ]).split('\n');
    const ignore = 'ENV{ID_MM_DEVICE_IGNORE}="1", ENV{ID_MM_PORT_IGNORE}="1"';
    expect(rules.slice(1, -1)).toEqual([
      `ACTION!="remove", SUBSYSTEM=="tty", ENV{ID_PATH}=="pci-0000:00:14.0-usb-0:2:1.0", ${ignore}`,
      `ACTION!="remove", SUBSYSTEM=="tty", ENV{ID_PATH_WITH_USB_REVISION}=="pci-0000:00:14.0-usb-0:2:1.0", ${ignore}`,
      `ACTION!="remove", SUBSYSTEM=="tty", KERNEL=="ttyUSB0", ${ignore}`,
    ]);
  });

  it('let the service use readers, and nobody else', () => {
    type Action = { readonly id: string };
    type Rule = (action: Action, subject: { readonly user: string }) => string | undefined;
    let rule: Rule | undefined;
    const polkit = {
      addRule: (added: Rule) => {
        rule = added;
      },
      Result: { YES: 'yes' },
    };
    new Function('polkit', polkitRules())(polkit);
    const asked = (id: string, user: string) => rule?.({ id }, { user });
    expect(asked('org.debian.pcsc-lite.access_pcsc', 'jdpos')).toBe('yes');
    expect(asked('org.debian.pcsc-lite.access_card', 'jdpos')).toBe('yes');
    expect(asked('org.debian.pcsc-lite.access_card', 'other')).toBeUndefined();
    expect(asked('org.freedesktop.login1.reboot', 'jdpos')).toBeUndefined();
  });
});
