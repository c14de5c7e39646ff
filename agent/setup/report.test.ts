import { describe, expect, it } from 'vitest';
import { sm2PublicKey } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { type ReportContent, reportJson, signReport, verdictOf, verifyReport } from './report.ts';
import { embeddedReport, reportPage } from './report-page.ts';
import { NONE } from './tests.ts';

/** The private key of the example in GB/T 32918.5, which everybody knows. */
const KEY = hex('3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8');
const REPORT: ReportContent = {
  kind: 'jdpos-acceptance-report/1',
  at: '2026-11-26T08:00:00.000Z',
  terminal: 'T-0001',
  merchant: 'M<script>alert(1)</script>',
  epoch: 1,
  enrolment: 'new',
  testKeys: true,
  clearing: { url: 'https://clearing.example' },
  hotlistVersion: 3,
  readers: [{ name: 'ACS ACR1252U 00 00', role: 'contactless', state: 'card' }],
  devices: { printer: { kind: 'usb', device: '/dev/usb/lp0', widthMm: 58 } },
  versions: { node: 'v20.19.0' },
  files: ['/etc/jdpos/config.json'],
  tests: [
    { id: 'disk', outcome: 'passed', measured: [{ what: 'a write', value: 1.5, unit: 'ms' }] },
    { id: 'card', outcome: 'failed', detail: '</script><b>' },
  ],
};

describe('an acceptance report', () => {
  const signed = signReport(REPORT, KEY);
  const json = reportJson(signed);

  it('is signed with the key of the terminal', () => {
    expect(signed.signature.publicKey).toBe(toHex(sm2PublicKey(KEY)));
    expect(verifyReport(json)).toEqual({ kind: 'sound', signed });
    // However it is laid out.
    expect(verifyReport(JSON.stringify(JSON.parse(json))).kind).toBe('sound');
  });

  it.each([
    ['an outcome', '"failed"', '"passed"'],
    ['a figure', '1.5', '1.4'],
    ['a terminal', 'T-0001', 'T-0002'],
    ['a key', /"publicKey": "../.exec(json)?.[0] ?? '', '"publicKey": "00'],
    ['a signature', /"value": "../.exec(json)?.[0] ?? '', '"value": "00'],
  ])('notices %s that was changed', (_, from, to) => {
    expect(json).toContain(from);
    expect(verifyReport(json.replace(from, to)).kind).toBe('changed');
  });

  it.each([[''], ['{}'], ['null'], ['{"report":{}}'], [json.slice(0, -20)]])('%# is none', (text) => {
    expect(verifyReport(text).kind).toBe('not-a-report');
  });

  it('is a page that holds itself, and shows nothing as code', () => {
    const page = reportPage(signed);
    expect(page).toContain('<th scope="row">Printer</th><td>usb: device /dev/usb/lp0, widthMm 58</td>');
    expect(verifyReport(embeddedReport(page) ?? '')).toEqual({ kind: 'sound', signed });
    expect(page).not.toContain('<script>alert');
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).toContain('验收未通过 Not accepted: 1 failed');
  });
});

it('says of what its verdict does not speak', () => {
  const tests = (...outcomes: ReportContent['tests']): ReportContent => ({ ...REPORT, tests: outcomes });
  const disk = { id: 'disk', outcome: 'passed' } as const;
  const untried = { id: 'card', outcome: 'skipped', detail: 'nobody is there to tap a card' } as const;
  const none = { id: 'print', outcome: 'skipped', detail: NONE } as const;
  const kept = { id: 'enrolment', outcome: 'skipped', detail: 'kept' } as const;
  expect(verdictOf(tests(disk, none, kept))).toBe('accepted');
  expect(verdictOf(tests(disk, untried, none))).toBe('accepted; not tested: Card on the reader');
  expect(verdictOf(tests({ id: 'scan', outcome: 'failed' }, untried))).toBe(
    'not accepted: 1 failed (Scanner); not tested: Card on the reader',
  );
});
