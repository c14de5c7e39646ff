import { z } from 'zod';
import { type ApiServer, problemsOf } from '../../clearing/contract/http/index.ts';
import type { CardReaders } from '../../drivers/index.ts';
import { inTurn } from '../../drivers/index.ts';
import type { VirtualPinPad } from '../pin-pad/virtual-pin-pad.ts';
import type { TrayControl } from '../tray/index.ts';
import { fieldHand } from './field-hand.ts';
import type { NetworkState } from './network-switch.ts';

interface SandboxParts {
  readonly readers: CardReaders;
  readonly pad: VirtualPinPad;
  readonly tray: TrayControl;
  readonly setNetwork: (state: NetworkState) => Promise<void>;
  /** A one-time code of the centre for another terminal than this one, and where the centre is. */
  /** @param terminal undefined: one that has not been there yet */
  readonly newTerminal: (terminal: string | undefined) => Promise<NewTerminal>;
  /** Ends the agent's process, as a power cut would, the next time this step of a payment is done. */
  readonly killAfter: (step: string) => void;
}

/** What an installer of another terminal needs. */
interface NewTerminal {
  readonly terminal: string;
  readonly enrolmentCode: string;
  readonly clearingUrl: string;
  /** PEM file. */
  readonly clearingCa: string;
  /** Of the virtual readers, for PCSCLITE_CSOCK_NAME; absent where the reader runs in process. */
  readonly pcscdSocket?: string;
}

const sandboxProblem = problemsOf({
  'card-not-found': { status: 404, title: 'There is no such card on the tray' },
  'pin-not-awaited': { status: 409, title: 'No PIN is awaited' },
  'reader-does-not-report': { status: 504, title: 'The reader does not report the card' },
} as const);

const bilingual = z.strictObject({ zh: z.string(), en: z.string() });
const card = z.strictObject({
  id: z.string(),
  title: bilingual,
  balanceMinor: z.int(),
  maskedPan: z.string(),
  story: bilingual,
});
const cardPath = z.strictObject({ id: z.string() });
const tapBody = z
  .strictObject({
    tear: z.strictObject({ command: z.int().positive(), when: z.enum(['before-card', 'after-card']) }).exactOptional(),
  })
  .nullish();
const networkBody = z.strictObject({
  up: z.boolean(),
  mode: z.enum(['refuse', 'blackhole', 'lose-answers']).default('refuse'),
});
const pinBody = z.union([
  z.strictObject({ pin: z.string().regex(/^[0-9]{4,12}$/, 'expected 4 to 12 digits') }),
  z.strictObject({ key: z.literal('cancel') }),
]);

/** The routes under /sandbox (design 6): the hands of cardholder and installer. Mounted by the sandbox alone. */
export function sandboxRoutes(parts: SandboxParts): (app: ApiServer) => void {
  const hand = fieldHand(parts.tray, parts.readers);
  const oneAtATime = inTurn();
  const mustBeThere = async (id: string): Promise<void> => {
    const known = await parts.tray.list();
    if (!known.some((listed) => listed.id === id)) {
      throw sandboxProblem('card-not-found', { detail: `the tray has ${known.map((listed) => listed.id).join(', ')}` });
    }
  };
  const insist = (reported: boolean): void => {
    if (!reported) throw sandboxProblem('reader-does-not-report', { detail: 'try again; is the reader there?' });
  };

  return (app) => {
    app.get('/sandbox/cards', { schema: { response: { 200: z.array(card) } } }, async () =>
      (await parts.tray.list()).map(({ inField: _, ...listed }) => listed),
    );
    app.post('/sandbox/cards/:id/tap', { schema: { params: cardPath, body: tapBody } }, async ({ params, body }) => {
      await mustBeThere(params.id);
      await oneAtATime(async () => insist(await hand.tap(params.id, body?.tear)));
      return { id: params.id, present: true };
    });
    app.post('/sandbox/cards/:id/remove', { schema: { params: cardPath } }, async ({ params }) => {
      await mustBeThere(params.id);
      await oneAtATime(async () => insist(await hand.remove()));
      return { id: params.id, present: false };
    });
    app.post('/sandbox/network', { schema: { body: networkBody } }, async ({ body: { up, mode } }) => {
      const state: NetworkState = up ? { up } : { up, mode };
      await parts.setNetwork(state);
      return state;
    });
    app.post('/sandbox/pin', { schema: { body: pinBody } }, async ({ body }) => {
      if (!parts.pad.act(body))
        throw sandboxProblem('pin-not-awaited', { detail: 'tap a card that asks for one first' });
      return { taken: true };
    });
    app.post(
      '/sandbox/terminals',
      {
        schema: {
          body: z
            .strictObject({
              terminal: z
                .string()
                .regex(/^T[0-9]{7}$/)
                .exactOptional(),
            })
            .nullish(),
        },
      },
      ({ body }) => parts.newTerminal(body?.terminal),
    );
    app.post('/sandbox/kill', { schema: { body: z.strictObject({ after: z.string() }) } }, async ({ body }) => {
      parts.killAfter(body.after);
      return body;
    });
  };
}
