import type { StatusResource } from '../api/status-resource.ts';
import { duration, yuan } from './text.ts';

export function describeClearing({ reachable, lastContactAt }: StatusResource['clearing']): string {
  const since = lastContactAt === undefined ? 'no contact since the daemon started' : `last contact ${lastContactAt}`;
  return `${reachable ? 'reachable' : 'NOT REACHABLE'}, ${since}`;
}

export function describeQueue(queue: StatusResource['queue']): string {
  const { unacknowledgedCount, unacknowledgedSumMinor, oldestAgeS } = queue;
  if (unacknowledgedCount === 0) return 'nothing waits to be uploaded';
  const oldest = oldestAgeS === undefined ? '' : `, the oldest ${duration(oldestAgeS)} old`;
  return `${unacknowledgedCount} not yet uploaded, ${yuan(unacknowledgedSumMinor)}${oldest}`;
}

type Line = readonly [string, string];

/** The client certificate in a line; none where TLS is not spoken. */
export function describeCertificate({ certificate }: StatusResource['clearing']): readonly Line[] {
  if (certificate === undefined) return [];
  const { daysLeft, notAfter } = certificate;
  return [['Certificate', daysLeft < 0 ? `EXPIRED on ${notAfter}` : `${daysLeft} days left, until ${notAfter}`]];
}

/** What a person must look at, one a line. */
export const describeTroubles = ({ troubles = [] }: StatusResource['clearing']): readonly Line[] =>
  troubles.map(({ code, subject, detail, since }) => [
    'TROUBLE',
    `${code}${subject === undefined ? '' : ` ${subject}`}: ${detail} (since ${since})`,
  ]);
