import type { LineState } from './line/byte-line.ts';
import type { Device, DeviceState } from './ports.ts';

/** The state of a device, and who wants to hear of it. */
export interface ToldState extends Pick<Device, 'state' | 'detail' | 'onChange'> {
  /** The device is so now; told only when state or detail are others than before. */
  become(state: DeviceState, detail?: string): void;
  /** Nobody is told any more. */
  mute(): void;
}

/** @param note takes note of each change, before anybody is told; `before` is the state until then */
export function toldState(
  first: { readonly state: DeviceState; readonly detail?: string },
  note: (now: Pick<Device, 'state' | 'detail'>, before: DeviceState) => void = () => {},
): ToldState {
  const listeners = new Set<() => void>();
  let now: Pick<Device, 'state' | 'detail'> = { state: first.state, detail: first.detail };
  return {
    get state() {
      return now.state;
    },
    get detail() {
      return now.detail;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    become(state, detail) {
      if (state === now.state && detail === now.detail) return;
      const before = now.state;
      now = { state, detail };
      note(now, before);
      for (const listener of [...listeners]) listener();
    },
    mute: () => listeners.clear(),
  };
}

/** The state of a device as its port tells it. */
export interface DeviceStanding extends Pick<ToldState, 'state' | 'detail' | 'onChange' | 'become'> {
  /** What the line of the device makes of it, with a word on what to do. */
  followLine(state: LineState, why?: string): void;
}

/** @param setting where the settings name the device, such as devices.scanner */
export function deviceStanding(setting: string): DeviceStanding {
  const nothingThere = `nothing is there: check its cable, and ${setting} in the settings`;
  const told = toldState({ state: 'unplugged', detail: nothingThere });
  const followLine: DeviceStanding['followLine'] = (line, why) => {
    if (line === 'open') told.become('ready', why);
    else if (line === 'unplugged') told.become('unplugged', nothingThere);
    else
      told.become(
        'refused',
        `it cannot be opened (${why ?? 'no reason given'}): check the rights of this user, and who else has it open`,
      );
  };
  return Object.assign(told, { followLine });
}
