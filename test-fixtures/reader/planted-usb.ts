import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Devices and interfaces, as folders under /sys/bus/usb/devices, with their files. */
export type UsbTree = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A folder that shows USB devices as Linux does. */
export interface PlantedUsb {
  readonly root: string;
  plugIn(tree: UsbTree): void;
  pullOut(folder: string): void;
  remove(): void;
}

export function plantedUsb(tree: UsbTree = {}): PlantedUsb {
  const root = mkdtempSync(join(tmpdir(), 'jdpos-usb-'));
  const planted: PlantedUsb = {
    root,
    plugIn: (devices) => {
      for (const [folder, files] of Object.entries(devices)) {
        mkdirSync(join(root, folder));
        for (const [file, text] of Object.entries(files)) writeFileSync(join(root, folder, file), `${text}\n`);
      }
    },
    pullOut: (folder) => rmSync(join(root, folder), { recursive: true }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  planted.plugIn(tree);
  return planted;
}
