import { type ToldState, toldState } from '../device-standing.ts';
import type { DriverLog } from '../driver-tools.ts';

/** The state of a PIN pad, and who is told when it is another one. */
export interface PadState extends Pick<ToldState, 'state' | 'detail' | 'onChange' | 'become'> {
  /** It gives no PIN and says why: that stays to be read, also once it seems ready again, until it gives one. */
  refusedPin(why: string): void;
  gavePin(): void;
  /** Nobody is told any more. */
  close(): void;
}

export function padState(port: string, log: DriverLog): PadState {
  const told = toldState({ state: 'unplugged' }, ({ state, detail }) =>
    log(`pin-pad-${state}`, { port, ...(detail !== undefined && { why: detail }) }),
  );
  let remark: string | undefined;
  let over = false;
  const become: PadState['become'] = (state, detail = state === 'ready' ? remark : undefined) => {
    if (!over) told.become(state, detail);
  };
  return {
    get state() {
      return told.state;
    },
    get detail() {
      return told.detail;
    },
    onChange: told.onChange,
    become,
    refusedPin: (why) => {
      remark = why;
      become('attention', why);
    },
    gavePin: () => {
      remark = undefined;
      if (told.state === 'ready') become('ready');
    },
    close: () => {
      over = true;
      told.mute();
    },
  };
}
