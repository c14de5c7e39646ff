import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { HostAnswer } from './machine.ts';

/**
 * One GET to the clearing host, and how long each step of it took. It shows no client certificate and asks for nothing: any answer
 * is one. Never rejects.
 * @param ca PEM of who may certify the host; undefined: whom Node trusts
 */
export function askHost(url: string, ca: string | undefined, limitMs: number, now: () => number): Promise<HostAnswer> {
  return new Promise((resolve) => {
    const secure = url.startsWith('https:');
    const steps: { -readonly [K in keyof HostAnswer]: HostAnswer[K] } = {};
    let last = performance.now();
    const lap = (): number => {
      const from = last;
      last = performance.now();
      return last - from;
    };
    const signal = AbortSignal.timeout(limitMs);
    // As the daemon does it: a host that speaks an older TLS is none.
    const tls = { minVersion: 'TLSv1.3', ...(ca !== undefined && { ca }) } as const;
    const options = { method: 'GET', agent: false as const, signal, ...tls };
    const asked = now();
    const request = (secure ? secureRequest : plainRequest)(new URL('/v1/parameters', url), options, (response) => {
      steps.answerMs = lap();
      const host = Date.parse(response.headers.date ?? '');
      if (!Number.isNaN(host)) steps.hostClock = { host, own: Math.round((asked + now()) / 2) };
      response.destroy();
      resolve(steps);
    });
    request.once('socket', (socket: Socket) => {
      socket.once('lookup', (error) => {
        if (!error) steps.lookupMs = lap();
      });
      socket.once('connect', () => {
        // An address needs no look-up.
        steps.lookupMs ??= 0;
        steps.connectMs = lap();
      });
      socket.once('secureConnect', () => {
        steps.secureMs = lap();
      });
    });
    request.once('error', (error: NodeJS.ErrnoException) => {
      const isAddress = steps.lookupMs === undefined && error.code !== 'ENOTFOUND' && error.code !== 'EAI_AGAIN';
      if (isAddress && !signal.aborted) steps.lookupMs = 0;
      resolve({
        ...steps,
        error: signal.aborted ? `no answer within ${limitMs / 1_000} s` : (error.code ?? error.message),
      });
    });
    request.end();
  });
}
