import { describe, expect, it } from 'vitest';
import { readConfigText } from './config-file.ts';
import { effectiveSettings, type Scheme } from './effective.ts';

const TEXT = `{
  "stateDir": "/var/lib/jdpos",
  "clearing": { "url": "https://clearing.example", "enrolmentCode": "ABCD-1234" },
  "offline": { "maxUnacknowledgedCount": 100 },
  "readers": { "roles": { "ACS 00 00": "sam" } },
  "devices": { "printer": { "kind": "usb", "device": "/dev/usb/lp0" } }
}`;

function shown(scheme?: Scheme, environment = {}) {
  const read = readConfigText(TEXT, '/etc/jdpos/config.json', environment);
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
  return new Map(effectiveSettings(read, scheme).map(({ path, ...rest }) => [path, rest]));
}

describe('effectiveSettings', () => {
  it('says of each value where it comes from', () => {
    const all = shown(undefined, { JDPOS_PORT: '8400' });
    expect(all.get('stateDir')).toEqual({ value: '/var/lib/jdpos', source: 'file', from: '/etc/jdpos/config.json:2' });
    expect(all.get('register.port')).toEqual({ value: 8400, source: 'environment', from: 'JDPOS_PORT' });
    expect(all.get('log.level')).toEqual({ value: 'info', source: 'default' });
    expect(all.get('clearing.ca')).toEqual({ source: 'default', absent: 'whom Node trusts' });
    expect(all.get('readers.roles."ACS 00 00"')).toMatchObject({ value: 'sam', source: 'file' });
    expect(all.get('devices.printer.widthMm')).toEqual({ value: 58, source: 'default' });
  });

  it('never shows a secret, and nothing of a kind that was not chosen', () => {
    const all = shown();
    expect(all.get('clearing.enrolmentCode')).toMatchObject({ value: '[secret]' });
    expect(JSON.stringify([...all])).not.toContain('ABCD-1234');
    expect([...all.keys()].filter((path) => /^devices\.|keyStore/.test(path))).toEqual([
      'keyStore.place.kind',
      'devices.printer.kind',
      'devices.printer.widthMm',
      'devices.printer.copies',
      'devices.printer.device',
    ]);
  });

  it('shows what the signed parameters make stricter, and only that', () => {
    const deferral = { amountMinor: 500, count: 3, sumMinor: 900 };
    const terminal = { unacknowledgedCount: 40, unacknowledgedSumMinor: 90_000_000 };
    const all = shown({ version: 7, offlineRisk: { terminal, card: { intervalS: 60 }, deferral } });
    const ofParameters = [...all].filter(([, { source }]) => source === 'parameters');
    expect(ofParameters).toEqual([
      ['offline.maxUnacknowledgedCount', { value: 40, source: 'parameters', from: 'version 7' }],
      ['offline.cardIntervalS', { value: 60, source: 'parameters', from: 'version 7' }],
      ['offline.deferral.amountMinor', { value: 500, source: 'parameters', from: 'version 7' }],
      ['offline.deferral.count', { value: 3, source: 'parameters', from: 'version 7' }],
      ['offline.deferral.sumMinor', { value: 900, source: 'parameters', from: 'version 7' }],
    ]);
  });
});
