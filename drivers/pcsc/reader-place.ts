import { type ReaderName, readReaderName } from './reader-name.ts';
import { type UsbInterface, usbInterfaces } from './usb-devices.ts';

/** The class of smart card readers (USB CCID specification, §4.3). */
const SMART_CARD = 0x0b;
/** SCARD_ATTR_CHANNEL_ID of a USB device: 0020 above, bus and device below. */
const USB = 0x0020;

/**
 * The USB port that a reader hangs at, with the slot if it is not the first: `1-1.2:1.0`, `1-1.2:1.0/1`. Undefined when it cannot be
 * told for certain, as for readers that are not at USB, and for equal ones whose driver tells no channel.
 * @param channelId what its driver says (SCARD_ATTR_CHANNEL_ID), if it does
 */
export function placeOf(name: string, channelId: number | undefined, usbRoot: string): string | undefined {
  const read = readReaderName(name);
  const interfaces = usbInterfaces(usbRoot);
  const found = channelId === undefined ? byName(interfaces, read) : byChannel(interfaces, channelId, read);
  return found && read.slot > 0 ? `${found}/${read.slot}` : found;
}

const isReader = ({ interfaceClass }: UsbInterface): boolean => interfaceClass === SMART_CARD;

const only = (found: readonly UsbInterface[]): string | undefined => (found.length === 1 ? found[0]?.port : undefined);

/** Its serial number or its interface must be in the name: a reader that is not at USB has neither. */
function byName(interfaces: readonly UsbInterface[], { serial, interfaceName }: ReaderName): string | undefined {
  if (serial === undefined && interfaceName === undefined) return undefined;
  return only(
    interfaces.filter(
      (one) =>
        isReader(one) &&
        (serial ?? one.serial) === one.serial &&
        (interfaceName ?? one.interfaceName) === one.interfaceName,
    ),
  );
}

/** The interface of that device; where it cannot be told which of several, the device. */
function byChannel(interfaces: readonly UsbInterface[], id: number, { interfaceName }: ReaderName): string | undefined {
  if (id >>> 16 !== USB) return undefined;
  const device = interfaces.filter((one) => one.bus === ((id >>> 8) & 0xff) && one.device === (id & 0xff));
  const readers = device.filter(isReader);
  return only(readers) ?? only(readers.filter((one) => one.interfaceName === interfaceName)) ?? device[0]?.devicePort;
}
