/** One server-sent event with its data read as JSON; `open` is the start of the stream. */
export interface ServerEvent {
  readonly name: string;
  readonly data: unknown;
}

/** More than any resource of the register API; a peer that sends more without an end is cut off. */
const MAX_EVENT_CHARACTERS = 1 << 20;

/** Reads the fields of one event (WHATWG server-sent events, without `retry`); undefined when it has no data, or no JSON. */
function parseEvent(block: string): ServerEvent | undefined {
  let name = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
  }
  try {
    return data.length === 0 ? undefined : { name, data: JSON.parse(data.join('\n')) };
  } catch {
    return undefined;
  }
}

/** The events of a stream in UTF-8, as they come. Ends when the stream ends; an event that is cut off is dropped. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest = `${rest}${decoder.decode(chunk, { stream: true })}`.replaceAll('\r\n', '\n');
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    if (rest.length > MAX_EVENT_CHARACTERS) return;
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event !== undefined) yield event;
    }
  }
}
