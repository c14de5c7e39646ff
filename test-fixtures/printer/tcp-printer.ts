import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { VirtualPrinter, type VirtualPrinterOptions } from './virtual-printer.ts';

/** A virtual printer in the network. It talks to one terminal at a time. */
export interface TcpPrinter {
  readonly printer: VirtualPrinter;
  readonly port: number;
  /** Its cable is pulled: the connection is gone, and nothing listens. */
  pull(): Promise<void>;
  /** It comes back at the same port. */
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

export async function openTcpPrinter(options: VirtualPrinterOptions): Promise<TcpPrinter> {
  const printer = new VirtualPrinter(options);
  let port = 0;
  let server: Server | undefined;
  let terminal: Socket | undefined;
  printer.answer = (bytes) => {
    terminal?.write(bytes);
  };
  const plugIn = async (): Promise<void> => {
    const listening = createServer((socket) => {
      if (terminal !== undefined) {
        socket.destroy();
        return;
      }
      terminal = socket;
      socket.on('data', (chunk: Buffer) => printer.receive(chunk));
      socket.on('error', () => {});
      socket.on('close', () => {
        terminal = undefined;
      });
    });
    await new Promise<void>((resolve) => listening.listen(port, '127.0.0.1', resolve));
    port = (listening.address() as AddressInfo).port;
    server = listening;
  };
  const pull = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    terminal?.destroy();
    if (closing !== undefined) await new Promise((resolve) => closing.close(resolve));
  };
  await plugIn();
  return {
    printer,
    get port() {
      return port;
    },
    pull,
    plugIn,
    close: pull,
  };
}
