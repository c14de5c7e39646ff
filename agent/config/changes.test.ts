import { describe, expect, it } from 'vitest';
import { changesBetween } from './changes.ts';
import { configSchema } from './schema.ts';

const config = (more: object = {}) =>
  configSchema.parse({ stateDir: '/var/lib/jdpos', clearing: { url: 'https://clearing.example' }, ...more });

describe('changesBetween', () => {
  it('finds nothing where nothing differs', () => {
    expect(changesBetween(config(), config())).toEqual([]);
    expect(changesBetween(config({ log: { level: 'info' } }), config())).toEqual([]);
  });

  it.each([
    [{ log: { level: 'debug' } }, [{ path: 'log.level', holds: 'at-once' }]],
    [{ payment: { tapMs: 9_000 } }, [{ path: 'payment.tapMs', holds: 'at-once' }]],
    [{ register: { port: 7500 } }, [{ path: 'register.port', holds: 'restart' }]],
    [{ readers: { roles: { 'ACS 00 00': 'sam' } } }, [{ path: 'readers.roles."ACS 00 00"', holds: 'restart' }]],
    [{ sync: { backOff: { capMs: 9_000 } } }, [{ path: 'sync.backOff.capMs', holds: 'at-once' }]],
    [
      { offline: { deferral: { amountMinor: 1, count: 2, sumMinor: 3 } } },
      ['amountMinor', 'count', 'sumMinor'].map((name) => ({ path: `offline.deferral.${name}`, holds: 'at-once' })),
    ],
  ])('%j, put in and taken out', (more, changes) => {
    expect(changesBetween(config(), config(more))).toEqual(changes);
    expect(changesBetween(config(more), config())).toEqual(changes);
  });
});
