import { readFile } from 'node:fs/promises';

const HIDDEN = /^E:LIBINPUT_IGNORE_DEVICE=1$/m;
const SEEN_BY_OTHERS =
  'what it types also reaches the desktop or console: hide it with a udev rule (docs/devices.md), or set it to act as a serial port';

/**
 * A word on an input device whose keys the desktop gets as well; undefined when udev hides it (libinput leaves it alone).
 * Nobody can be kept from reading it by this process: that is an ioctl (EVIOCGRAB), which Node does not have.
 * @param rdev number of the device, as stat gives it
 * @param udevData where udev keeps what it knows of devices
 */
export async function seenByOthers(rdev: number, udevData = '/run/udev/data'): Promise<string | undefined> {
  const known = await readFile(`${udevData}/c${majorOf(rdev)}:${minorOf(rdev)}`, 'utf8').catch(() => '');
  return HIDDEN.test(known) ? undefined : SEEN_BY_OTHERS;
}

/** makedev(3) of glibc, as far as Linux uses it for characters devices. */
export const majorOf = (rdev: number): number => (rdev >> 8) & 0xfff;
const minorOf = (rdev: number): number => (rdev & 0xff) | ((rdev >> 12) & 0xfff00);
