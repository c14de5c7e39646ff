/** What differs between the units of two terminals. */
export interface UnitParts {
  /** Whole path of Node, and of the compiled command line. */
  readonly node: string;
  readonly program: string;
  readonly config: string;
  readonly stateDir: string;
  /** Groups that may use the chosen devices; one that the machine does not know would keep the service from starting. */
  readonly groups: readonly string[];
  /** Names of encrypted credentials that the settings want (systemd-creds(1)). */
  readonly credentials: readonly string[];
  /** Folder of a log file that the settings name; absent: the log is the journal's. */
  readonly logFolder: string | undefined;
  /** A token locks itself after some wrong PINs: the service must not try for ever. */
  readonly token: boolean;
}

export const SERVICE_USER = 'jdpos';
const USUAL_STATE_DIR = '/var/lib/jdpos';
const USUAL_LOGS = '/var/log/jdpos';

/** One word of a command line (systemd.service(5), "Command lines"; systemd.unit(5), "Specifiers"). */
const word = (text: string): string =>
  /^[\w./:@+,=-]+$/.test(text)
    ? text
    : `"${text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;

/** A path in a setting that is no command line: specifiers are expanded there too. */
const path = (text: string): string =>
  (/[\s"\\]/.test(text) ? `"${text.replace(/[\\"]/g, '\\$&')}"` : text).replaceAll('%', '%%');

const inHome = (file: string): boolean => /^\/(home|root|run\/user)(\/|$)/.test(file);

/**
 * Memory-deny-write-execute is not there: V8 writes machine code. Devices are not closed, since one may be plugged in later: so neither
 * is the clock, because ProtectClock= allows the device of the clock alone (systemd.exec(5)).
 */
const HARDENING = [
  'NoNewPrivileges=yes',
  'CapabilityBoundingSet=',
  'ProtectSystem=strict',
  'PrivateTmp=yes',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelLogs=yes',
  'ProtectControlGroups=yes',
  'ProtectHostname=yes',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallErrorNumber=EPERM',
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  'UMask=0077',
];

/** No core, no swap, and what is freed is overwritten: the terminal's keys are in this process's memory (docs/operations.md, Keys). */
const SECRETS = [
  'LimitCORE=0',
  'MemorySwapMax=0',
  'Environment=GLIBC_TUNABLES=glibc.malloc.perturb=165:glibc.malloc.tcache_count=0',
];

/** The service of a terminal. A queue of a million records takes a minute to open; the watchdog looks whether its loop turns. */
export function unitText(parts: UnitParts): string {
  const { node, program, config, stateDir, groups, credentials, logFolder, token } = parts;
  const usual = stateDir === USUAL_STATE_DIR;
  const lines = [
    '# Written by `jdpos setup`; what you want otherwise goes into a drop-in (systemctl edit jdpos).',
    '[Unit]',
    'Description=jdpos, terminal agent of the prepaid card',
    'Wants=network-online.target pcscd.socket',
    'After=network-online.target pcscd.socket time-sync.target',
    ...(token ? ['StartLimitIntervalSec=1h', 'StartLimitBurst=2'] : ['StartLimitIntervalSec=0']),
    '',
    '[Service]',
    'Type=notify',
    // systemd-notify, which speaks for the daemon, is a process of its own.
    'NotifyAccess=all',
    `ExecStart=${[node, program, 'run', '--config', config].map(word).join(' ')}`,
    'ExecReload=/bin/kill -HUP $MAINPID',
    `User=${SERVICE_USER}`,
    `Group=${SERVICE_USER}`,
    ...(groups.length > 0 ? [`SupplementaryGroups=${groups.join(' ')}`] : []),
    ...(usual ? ['StateDirectory=jdpos', 'StateDirectoryMode=0700'] : [`ReadWritePaths=${path(stateDir)}`]),
    'LogsDirectory=jdpos',
    'LogsDirectoryMode=0750',
    // The dash: one that is not there yet keeps nothing from starting.
    ...(logFolder === undefined || logFolder === USUAL_LOGS ? [] : [`ReadWritePaths=-${path(logFolder)}`]),
    ...credentials.map((name) => `LoadCredentialEncrypted=${name}`),
    // A wrong configuration (2) does not mend itself; everything else, as a disk that did not confirm a write, may.
    'Restart=on-failure',
    'RestartPreventExitStatus=2',
    'RestartSec=2',
    'TimeoutStartSec=300',
    'TimeoutStopSec=30',
    'WatchdogSec=60',
    ...SECRETS,
    ...HARDENING,
    `ProtectHome=${[node, program, config, stateDir].some(inHome) ? 'read-only' : 'yes'}`,
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ];
  return `${lines.join('\n')}\n`;
}
