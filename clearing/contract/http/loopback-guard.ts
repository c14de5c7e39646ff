import type { IncomingHttpHeaders } from 'node:http';

/** The names under which a server on loopback may be addressed. */
const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

export interface GuardRule {
  /** Names besides loopback's under which this server may be addressed, without port. */
  readonly hosts?: readonly string[];
}

/**
 * Why a request must be refused, or undefined. Any web page can send requests to loopback, and with DNS rebinding it can
 * even read the answers: so the Host must be a name of this machine, and an Origin must be the very server that is asked.
 * Programs that are no browsers send neither Origin nor Sec-Fetch-Site.
 */
export function foreignness(headers: IncomingHttpHeaders, rule: GuardRule = {}): string | undefined {
  const host = headers.host ?? '';
  const name = host.replace(/:[0-9]{1,5}$/, '').toLowerCase();
  if (![...LOOPBACK_NAMES, ...(rule.hosts ?? [])].includes(name)) return `Host ${host} is no name of this server`;
  const { origin } = headers;
  if (origin !== undefined && !isSelf(origin, host)) return `Origin ${origin} is another site`;
  const site = headers['sec-fetch-site'];
  const sameSite = site === undefined || site === 'same-origin' || site === 'none';
  // A link on another page may open ours; only what a page fetches behind the user's back is refused.
  if (!sameSite && headers['sec-fetch-mode'] !== 'navigate') return `the request comes from another site (${site})`;
  return undefined;
}

const isSelf = (origin: string, host: string): boolean =>
  [`http://${host}`, `https://${host}`].includes(origin.toLowerCase());
