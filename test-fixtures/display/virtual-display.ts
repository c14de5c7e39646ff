import { openVirtualSerial, type VirtualSerial } from '../serial/virtual-serial.ts';

/** A 2×20 display on a PTY, with characters of GB 18030. It forgets its picture when it is pulled. */
export interface VirtualDisplay extends Pick<VirtualSerial, 'port' | 'stall' | 'close' | 'plugIn' | 'unplug'> {
  /** What can be read on it, two lines of twenty columns. */
  picture(): readonly [string, string];
  /** Every picture that has been on it, in order. */
  readonly history: readonly string[];
  /** Bytes that such a display does not understand, in hex. */
  readonly notUnderstood: readonly string[];
}

const COLUMNS = 20;
const BLANK = ' '.repeat(COLUMNS);

export async function openVirtualDisplay(): Promise<VirtualDisplay> {
  const serial = await openVirtualSerial();
  const { port, close, unplug } = serial;
  const screen = blankScreen();
  serial.receive((chunk) => {
    for (const byte of chunk) screen.take(byte);
  });
  return {
    ...{ port, close, unplug },
    stall: serial.stall,
    plugIn: async () => {
      screen.switchOn();
      await serial.plugIn();
    },
    picture: screen.picture,
    history: screen.history,
    notUnderstood: screen.notUnderstood,
  };
}

/** The commands that it knows, as its manual lists them; a line is up to twenty bytes and ends with CR. */
function blankScreen() {
  const history: string[] = [];
  const notUnderstood: string[] = [];
  let lines: [string, string] = [BLANK, BLANK];
  let stringMode = false;
  let command: number[] = [];

  const show = (at: 0 | 1, bytes: readonly number[]): void => {
    const text = new TextDecoder('gb18030').decode(Uint8Array.from(bytes));
    if (bytes.length > COLUMNS) notUnderstood.push(`a line of ${bytes.length}`);
    lines = at === 0 ? [text, lines[1]] : [lines[0], text];
    stringMode = true;
    // A picture is whole when its lower line is there.
    if (at === 1) history.push(`${lines[0].trimEnd()}|${lines[1].trimEnd()}`);
  };
  const clear = (): void => {
    lines = [BLANK, BLANK];
    stringMode = false;
  };
  const done = (): void => {
    command = [];
  };
  const take = (byte: number): void => {
    command.push(byte);
    const text = String.fromCharCode(...command);
    if (text === '\f') {
      clear();
      done();
    } else if (text === '\x1b@' && !stringMode) {
      clear();
      done();
    } else if (text === '\r') {
      done();
    } else if (text.startsWith('\x1bQA') || text.startsWith('\x1bQB')) {
      if (byte !== 0x0d) return;
      show(command[2] === 0x41 ? 0 : 1, command.slice(3, -1));
      done();
    } else if (text !== '\x1b' && text !== '\x1bQ') {
      notUnderstood.push(Buffer.from(command).toString('hex'));
      done();
    }
  };
  return {
    take,
    history,
    notUnderstood,
    picture: () => lines,
    switchOn: () => {
      clear();
      done();
    },
  };
}
