import { connections } from '../sync/connections.ts';
import { failed, ms, passed, spread, type TestResult } from './tests.ts';

const REQUESTS = 5;
const LIMIT_MS = 10_000;

/**
 * How quickly the clearing host answers, over a connection that trusts whom the daemon will trust. Any answer will do: a host
 * that wants a certificate for more says so.
 * @param serverCa PEM; absent: whom Node trusts
 */
export async function tryHost(url: string, serverCa: string | undefined, monotonic: () => number): Promise<TestResult> {
  const baseUrl = new URL(url).origin;
  const ways = connections(baseUrl);
  const secure = baseUrl.startsWith('https:');
  const pool = ways.poolFor({
    version: 'setup',
    ...(secure && { secrets: serverCa === undefined ? {} : { serverCa } }),
  });
  try {
    const took: number[] = [];
    for (let request = 0; request < REQUESTS; request++) {
      const begun = monotonic();
      const { body } = await pool.request({ method: 'GET', path: '/', signal: AbortSignal.timeout(LIMIT_MS) });
      await body.dump();
      took.push(monotonic() - begun);
    }
    return passed('host', undefined, [
      ms('first answer, with the connection', took[0] ?? 0),
      ...spread('answer', took.slice(1)),
    ]);
  } catch (error) {
    return failed('host', faultInWords(error));
  } finally {
    await ways.close();
  }
}

/** What to look at, by what the system or OpenSSL calls it. */
const FAULTS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known: check address and DNS',
  EAI_AGAIN: 'names cannot be looked up: check the network and DNS',
  ECONNREFUSED: 'nobody listens there: check address and port',
  ETIMEDOUT: 'it does not answer: check address, network and firewall',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer: check address, network and firewall',
  EHOSTUNREACH: 'there is no way to it: check the network',
  ENETUNREACH: 'there is no way to it: check the network',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of another authority: give its CA file',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is of another authority: give its CA file',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is of another authority: give its CA file',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is of another authority: give its CA file',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name: check the address',
  CERT_HAS_EXPIRED: 'its certificate has expired, or the clock of this machine is wrong',
  CERT_NOT_YET_VALID: 'the clock of this machine is wrong, or its certificate is not valid yet',
};

function faultInWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return FAULTS[code] ?? `${code}: ${error.message}`;
}
