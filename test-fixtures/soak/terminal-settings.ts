/** How the terminal of a soak reaches its cards. */
export type SoakReaders =
  | { readonly kind: 'pcsc'; readonly pcscdSocket: string }
  | { readonly kind: 'in-process'; readonly socketPath: string };

export interface TerminalSettings {
  readonly stateDir: string;
  readonly clearingUrl: string;
  readonly reader: SoakReaders;
  /** `devices` of the settings file. */
  readonly devices: Readonly<Record<string, object>>;
}

/** What the process of the terminal is asked. */
export interface TerminalQuestion {
  readonly do: 'where' | 'sample';
}
