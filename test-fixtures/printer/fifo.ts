import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A device file that carries bytes one way, as that of a printer without a way back: a named pipe. */
export interface OneWayFile {
  readonly path: string;
  close(): void;
}

/** @param receive what the terminal has written */
export function openOneWayFile(receive: (chunk: Uint8Array) => void): OneWayFile {
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-printer-'));
  const path = join(folder, 'lp0');
  const { status, stderr } = spawnSync('mkfifo', [path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mkfifo: ${stderr}`);
  // Opened both ways, so that it stays open between two writers.
  const reading = createReadStream(path, { flags: 'r+' });
  reading.on('data', (chunk) => receive(Uint8Array.from(chunk as Buffer)));
  return {
    path,
    close: () => {
      reading.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
