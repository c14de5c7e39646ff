import { z } from 'zod';
import { sm2PublicKey, sm2Sign, sm2Verify } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { parseJson } from '../json.ts';
import { NONE, TESTS, type TestId } from './tests.ts';

const text = z.string().max(2_000);
const hexOf = (bytes: number) => z.string().regex(new RegExp(`^[0-9A-F]{${bytes * 2}}$`));

const test = z.strictObject({
  id: z.enum(Object.keys(TESTS) as [TestId, ...TestId[]]),
  outcome: z.enum(['passed', 'failed', 'skipped']),
  detail: text.exactOptional(),
  measured: z
    .array(z.strictObject({ what: text, value: z.number(), unit: z.enum(['ms', 'bytes', 'days']) }))
    .readonly()
    .exactOptional(),
});

/** What was installed, tried and measured. No card, no code and no key is in it. */
const reportContent = z.strictObject({
  kind: z.literal('jdpos-acceptance-report/1'),
  /** RFC 3339, UTC. */
  at: z.iso.datetime(),
  terminal: text,
  merchant: text,
  epoch: z.int().min(1),
  /** `new`: enrolled by this setup. `kept`: this terminal had been enrolled before. */
  enrolment: z.enum(['new', 'kept']),
  /** Everybody knows its keys: for trials alone. */
  testKeys: z.boolean(),
  clearing: z.strictObject({ url: text, caSha256: hexOf(32).exactOptional() }),
  parameters: z.strictObject({ version: z.int(), caKeys: z.int() }).exactOptional(),
  hotlistVersion: z.int(),
  certificateUntil: z.iso.datetime().exactOptional(),
  readers: z.array(z.strictObject({ name: text, role: text, state: text })).readonly(),
  /** As the settings have them. */
  devices: z.record(z.string(), z.record(z.string(), z.unknown())),
  versions: z.record(z.string(), text),
  files: z.array(text).readonly(),
  tests: z.array(test).readonly(),
});
export type ReportContent = z.output<typeof reportContent>;

const signedReport = z.strictObject({
  report: reportContent,
  /** SM2 with SM3 over the report's JSON as it stands here, compact, behind its kind and a line feed. */
  signature: z.strictObject({ algorithm: z.literal('SM2-SM3'), publicKey: hexOf(64), value: hexOf(64) }),
});
export type SignedReport = z.output<typeof signedReport>;

const signedBytes = (report: unknown): Uint8Array =>
  new TextEncoder().encode(`jdpos-acceptance-report/1\n${JSON.stringify(report)}`);

/** @param signingKey the terminal's own, 32 bytes; the centre knows its public part from the enrolment */
export function signReport(report: ReportContent, signingKey: Uint8Array): SignedReport {
  const publicKey = toHex(sm2PublicKey(signingKey));
  const value = toHex(sm2Sign(signingKey, signedBytes(report)));
  return { report, signature: { algorithm: 'SM2-SM3', publicKey, value } };
}

export const reportJson = (signed: SignedReport): string => `${JSON.stringify(signed, undefined, 2)}\n`;

export type ReportVerdict =
  | { readonly kind: 'sound'; readonly signed: SignedReport }
  | { readonly kind: 'not-a-report' }
  /** It was changed after it was signed. */
  | { readonly kind: 'changed' };

/** Judges the JSON of a report. Whose key it is, the caller must know from elsewhere. */
export function verifyReport(json: string): ReportVerdict {
  const raw = parseJson(json);
  const parsed = signedReport.safeParse(raw);
  if (!parsed.success) return { kind: 'not-a-report' };
  // The order of its members is part of what was signed, so the raw value is what is checked.
  const { report } = raw as { readonly report: unknown };
  const { publicKey, value } = parsed.data.signature;
  if (!sm2Verify(hex(publicKey), signedBytes(report), hex(value))) return { kind: 'changed' };
  return { kind: 'sound', signed: parsed.data };
}

type Tested = Pick<ReportContent, 'tests'>;

/** What this terminal has, and nobody tried, in words. */
const notTested = ({ tests }: Tested): readonly string[] =>
  tests
    .filter(({ id, outcome, detail }) => outcome === 'skipped' && detail !== NONE && id !== 'enrolment')
    .map(({ id }) => TESTS[id]);

/** Nothing failed; what was skipped says why. */
export const accepted = ({ tests }: Tested): boolean => tests.every(({ outcome }) => outcome !== 'failed');

/** In one line, with what it does not speak of. */
export function verdictOf(report: Tested): string {
  const failures = report.tests.filter(({ outcome }) => outcome === 'failed').map(({ id }) => TESTS[id]);
  const untested = notTested(report);
  return [
    failures.length === 0 ? 'accepted' : `not accepted: ${failures.length} failed (${failures.join(', ')})`,
    ...(untested.length === 0 ? [] : [`not tested: ${untested.join(', ')}`]),
  ].join('; ');
}
