import { basename } from 'node:path';
import { NFC_MODULES } from '../../doctor/kernel-modules.ts';
import { polkitRule } from '../../polkit-rule.ts';
import { SERVICE_USER } from './unit.ts';

/** pcscd asks polkit whether a user without a session may use readers; for a service the answer is no unless a rule says so. */
export const polkitRules = (): string =>
  `// Written by \`jdpos setup\`: the service may use readers and cards.\n${polkitRule(SERVICE_USER)}\n`;

/** The kernel's own NFC drivers take readers away from pcscd. */
export const modprobeText =
  (): string => `# Written by \`jdpos setup\`: these drivers would keep PN53x readers, as the ACR122U, from pcscd.
${NFC_MODULES.map((name) => `blacklist ${name}`).join('\n')}
`;

/**
 * ModemManager speaks to every new serial port, which a PIN pad or printer takes for garbage. Only the chosen ports are
 * kept from it: a modem may be the terminal's network.
 * @param ports as the settings name them
 */
export function udevRules(ports: readonly string[]): string {
  const rules = [...new Set(ports.flatMap(matchesOf))].map(
    (match) => `ACTION!="remove", SUBSYSTEM=="tty", ${match}, ENV{ID_MM_DEVICE_IGNORE}="1", ENV{ID_MM_PORT_IGNORE}="1"`,
  );
  return ['# Written by `jdpos setup`: serial ports that ModemManager is to leave alone.', ...rules, ''].join('\n');
}

/** How udev knows a port: by the path of its plug, or by the name of its device file. */
function matchesOf(port: string): readonly string[] {
  const name = basename(port);
  // Goes into a rule between quotes, where some characters are patterns.
  if (!/^[\w.:+-]+$/.test(name)) return [];
  if (/^\/dev\/serial\/by-path\//.test(port)) {
    const place = name.replace(/-port\d+$/, '');
    return [`ENV{ID_PATH}=="${place}"`, `ENV{ID_PATH_WITH_USB_REVISION}=="${place}"`];
  }
  return /^\/dev\/tty(USB|ACM)\d+$/.test(port) ? [`KERNEL=="${name}"`] : [];
}
