import { afterMs, type CardReaders } from '../../drivers/index.ts';
import type { StoredPayment } from '../../offline-queue/index.ts';
import type { EventLog } from '../api/event-log.ts';
import type { PaymentResource } from '../api/payment-resource.ts';
import { deviceOf, readerOf } from '../api/status-resource.ts';
import { scannedCode } from '../scanned-code.ts';
import { customerScreen } from './customer-screen.ts';
import { type Devices, listed } from './devices.ts';
import { paymentLights } from './payment-lights.ts';

/** What joins payments, readers and devices with those who follow them. */
export interface Hardware {
  /** A payment is so now, told as `told`: the register is told, and the customer is shown. */
  payment(payment: StoredPayment, told: PaymentResource): void;
  stop(): void;
}

/**
 * Tells the register of each reader and each device as it is when it changes, and whose code was scanned: at any time, a
 * payment in progress or not. The code itself goes no further.
 */
export function joinHardware(
  { readers, devices = {} }: { readonly readers: CardReaders; readonly devices?: Devices },
  events: EventLog,
): Hardware {
  const screen = customerScreen(devices.display);
  const lights = paymentLights(devices.lights, afterMs);
  const stops = listed(devices).map(([kind, device]) =>
    device.onChange(() => events.publish('device', deviceOf(kind, device))),
  );
  if (devices.scanner) stops.push(devices.scanner.onCode((text) => events.publish('code', scannedCode(text))));
  stops.push(readers.subscribe(({ reader }) => events.publish('reader', readerOf(reader))));
  return {
    payment: (payment, told) => {
      events.publish('payment', told);
      screen.follow(told);
      lights.payment(payment);
    },
    stop: () => {
      screen.stop();
      lights.stop();
      for (const stop of stops) stop();
    },
  };
}
