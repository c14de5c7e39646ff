import { getData } from '../apdu/index.ts';
import type { Step } from '../kernel/index.ts';
import { SUCCESS, transceive } from '../kernel/transceive.ts';
import { parseTlv } from '../tlv/index.ts';

export interface Reply {
  readonly data: Uint8Array;
  readonly sw: number;
}

/** No card answers so: it has left, or its answer finds no end. */
const NO_ANSWER: Reply = { data: new Uint8Array(), sw: 0 };

/** The card being inspected. Once it has left nothing is asked any more, and every question has no answer (status 0000). */
export class Card {
  #left = false;

  get left(): boolean {
    return this.#left;
  }

  *send(command: Uint8Array): Step<Reply> {
    if (this.#left) return NO_ANSWER;
    const reply = yield* transceive(command);
    if (reply.kind === 'answered') return reply;
    this.#left = reply.kind === 'torn';
    return NO_ANSWER;
  }

  /** GET DATA of one object; undefined when the card does not give it. */
  *readObject(tag: number): Step<Uint8Array | undefined> {
    const reply = yield* this.send(getData(tag));
    if (reply.sw !== SUCCESS) return undefined;
    const parsed = parseTlv(reply.data);
    const [object, ...others] = parsed.kind === 'parsed' ? parsed.nodes : [];
    return object?.tag === tag && others.length === 0 ? object.value : undefined;
  }
}
