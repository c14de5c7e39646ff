/** What vpcd, the driver of the virtual reader, tells its card. */
export type VpcdMessage =
  | { readonly kind: 'power-off' | 'power-on' | 'reset' | 'send-atr' }
  | { readonly kind: 'command'; readonly bytes: Uint8Array };

const CONTROLS: Readonly<Record<number, Exclude<VpcdMessage['kind'], 'command'>>> = {
  0: 'power-off',
  1: 'power-on',
  2: 'reset',
  4: 'send-atr',
};

const LENGTH_BYTES = 2;

/** One frame: the length of the body in two bytes, big-endian, and the body. */
export function vpcdFrame(body: Uint8Array): Buffer {
  const frame = Buffer.alloc(LENGTH_BYTES + body.length);
  frame.writeUInt16BE(body.length);
  frame.set(body, LENGTH_BYTES);
  return frame;
}

/**
 * Takes a stream of frames apart, however it was cut into pieces. A body of one byte is a control, a longer one a command;
 * controls that vpcd does not have and empty bodies are left out.
 */
export function vpcdReceiver(): (piece: Uint8Array) => VpcdMessage[] {
  let rest = Buffer.alloc(0);
  return (piece) => {
    rest = Buffer.concat([rest, piece]);
    const messages: VpcdMessage[] = [];
    while (rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + rest.readUInt16BE();
      if (rest.length < end) break;
      const message = readBody(rest.subarray(LENGTH_BYTES, end));
      if (message) messages.push(message);
      rest = rest.subarray(end);
    }
    return messages;
  };
}

function readBody(body: Buffer): VpcdMessage | undefined {
  const [first] = body;
  if (first === undefined) return undefined;
  if (body.length > 1) return { kind: 'command', bytes: Uint8Array.from(body) };
  const kind = CONTROLS[first];
  return kind && { kind };
}
