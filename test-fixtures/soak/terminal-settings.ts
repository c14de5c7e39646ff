/** How the terminal of a soak reaches its cards. */
export type SoakReaders =
  | { readonly kind: 'pcsc'; readonly pcscdSocket: string }
  | { readonly kind: 'in-process'; readonly socketPath: string };

export interface TerminalSettings {
  readonly stateDir: string;
  readonly clearingUrl: string;
  readonly reader: SoakReaders;
}

/** What the process of the terminal is asked. */
export interface TerminalQuestion {
  readonly do: 'where' | 'type-pin' | 'sample';
}
