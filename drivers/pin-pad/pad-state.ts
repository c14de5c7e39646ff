import type { DriverLog } from '../driver-tools.ts';
import type { Device, DeviceState } from '../ports.ts';

/** The state of a device, and who is told when it is another one. */
export interface PadState extends Pick<Device, 'state' | 'detail' | 'onChange'> {
  become(state: DeviceState, detail?: string): void;
  /** It gives no PIN and says why: that stays to be read, also once it seems ready again, until it gives one. */
  refusedPin(why: string): void;
  gavePin(): void;
  /** Nobody is told any more. */
  close(): void;
}

export function padState(port: string, log: DriverLog): PadState {
  const listeners = new Set<() => void>();
  let now: { readonly state: DeviceState; readonly detail: string | undefined } = {
    state: 'unplugged',
    detail: undefined,
  };
  let remark: string | undefined;
  let over = false;
  const become: PadState['become'] = (state, detail = state === 'ready' ? remark : undefined) => {
    if (over || (state === now.state && detail === now.detail)) return;
    now = { state, detail };
    log(`pin-pad-${state}`, { port, ...(detail !== undefined && { why: detail }) });
    for (const listener of [...listeners]) listener();
  };
  return {
    get state() {
      return now.state;
    },
    get detail() {
      return now.detail;
    },
    become,
    refusedPin: (why) => {
      remark = why;
      become('attention', why);
    },
    gavePin: () => {
      remark = undefined;
      if (now.state === 'ready') become('ready');
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      over = true;
      listeners.clear();
    },
  };
}
