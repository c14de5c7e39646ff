import type { LineState } from './line/byte-line.ts';
import type { Device, DeviceState } from './ports.ts';

/** The state of a device as its port tells it, and who wants to hear of it. */
export interface DeviceStanding extends Pick<Device, 'state' | 'detail' | 'onChange'> {
  /** The device is so now; told only when state or detail are others than before. */
  become(state: DeviceState, detail?: string): void;
  /** What the line of the device makes of it, with a word on what to do. */
  followLine(state: LineState, why?: string): void;
}

/** @param setting where the settings name the device, such as devices.scanner */
export function deviceStanding(setting: string): DeviceStanding {
  const listeners = new Set<() => void>();
  let state: DeviceState = 'unplugged';
  const nothingThere = `nothing is there: check its cable, and ${setting} in the settings`;
  let detail: string | undefined = nothingThere;

  const become: DeviceStanding['become'] = (nextState, nextDetail) => {
    if (state === nextState && detail === nextDetail) return;
    state = nextState;
    detail = nextDetail;
    for (const listener of [...listeners]) listener();
  };
  const followLine: DeviceStanding['followLine'] = (line, why) => {
    if (line === 'open') become('ready', why);
    else if (line === 'unplugged') become('unplugged', nothingThere);
    else
      become(
        'refused',
        `it cannot be opened (${why ?? 'no reason given'}): check the rights of this user, and who else has it open`,
      );
  };
  return {
    get state() {
      return state;
    },
    get detail() {
      return detail;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    become,
    followLine,
  };
}
