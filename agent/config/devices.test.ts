import { describe, expect, it } from 'vitest';
import { devicesSchema } from './devices.ts';

const serial = { kind: 'serial', port: '/dev/ttyS0' };

describe('the settings of a PIN pad', () => {
  it('have a default for all but its port', () => {
    expect(devicesSchema.parse({ pinPad: serial }).pinPad).toEqual({
      ...serial,
      ...{ baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' },
      ...{ keySlot: 0, blockFormat: 'iso-0' },
    });
  });

  it.each([
    ['a place that no pad has', { ...serial, keySlot: 10 }],
    ['a format that no host opens', { ...serial, blockFormat: 'iso-3' }],
    ['a name that no PIN block may carry', { ...serial, keyId: 'pin key 1' }],
    ['a key in clear', { ...serial, key: '0123456789ABCDEFFEDCBA9876543210' }],
    ['a test key of another length', { kind: 'on-screen', testKey: { keyId: 'trial', hex: '0123' } }],
  ])('take no %s', (_, pinPad) => {
    expect(devicesSchema.safeParse({ pinPad }).success).toBe(false);
  });
});
