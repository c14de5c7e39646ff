/** What supervisor and process send each other. */
export type Message =
  | { readonly kind: 'ready' }
  | { readonly kind: 'question'; readonly id: number; readonly body: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly body: unknown }
  | { readonly kind: 'refused'; readonly id: number; readonly why: string };

/** Answers one question of the other side; what it rejects with is told to who asked. */
export type Answerer = (question: unknown) => Promise<unknown>;

/** Questions and answers over a channel that carries single messages, in both directions. */
export interface Channel {
  ask(body: unknown): Promise<unknown>;
  received(message: Message): void;
  /** The other side is gone: every open question is refused. */
  broken(why: string): void;
}

/** `send` may drop messages when the other side is gone; `broken` is called then. */
export function openChannel(send: (message: Message) => void, answer: Answerer): Channel {
  const open = new Map<number, { resolve: (body: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;

  return {
    ask: (body) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        open.set(id, { resolve, reject });
        send({ kind: 'question', id, body });
      }),
    received(message) {
      if (message.kind === 'ready') return;
      if (message.kind === 'question') {
        answer(message.body).then(
          (body) => send({ kind: 'answer', id: message.id, body }),
          (error: Error) => send({ kind: 'refused', id: message.id, why: error.message }),
        );
        return;
      }
      const asked = open.get(message.id);
      open.delete(message.id);
      if (message.kind === 'answer') asked?.resolve(message.body);
      else asked?.reject(new Error(message.why));
    },
    broken(why) {
      for (const { reject } of open.values()) reject(new Error(why));
      open.clear();
    },
  };
}
