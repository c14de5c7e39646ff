import { yuan } from '../amount.ts';
import type { zh } from './zh.ts';

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

const duration = (seconds: number): string => {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return counted(Math.floor(seconds / 86_400), 'day');
};

const PROBLEMS: Readonly<Record<string, string>> = {
  'payment-in-progress': 'another payment is in progress. Finish or cancel it first.',
  'kind-not-available': 'this terminal does not support this kind of payment yet.',
  'terminal-not-ready': 'this terminal is not enrolled, or has no parameters from the centre yet. Call the installer.',
  'storage-unavailable': 'this terminal cannot store payments. Call support.',
};

export const en: typeof zh = {
  code: 'en',
  title: 'Cashier · Jiangdu shopping card',
  brand: 'Jiangdu shopping card',
  place: 'Cashier',
  terminal: (id) => `Terminal ${id}`,
  otherLanguage: '中文',
  switchLanguage: 'Switch to Chinese',
  duration,
  clockTime: (date) => date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false }),

  reader: {
    label: 'Reader',
    card: 'card on it',
    empty: 'ready',
    unresponsive: 'no answer',
    unplugged: 'unplugged',
    none: 'none found',
    unknown: 'unknown',
  },
  stopped: {
    sign: 'This terminal takes no payments',
    enrolling: 'It is being enrolled, and the centre has not answered yet. It goes on by itself once it has.',
    forked:
      'The centre holds another history of this terminal: a copy may be running. Put it out of use and have it enrolled anew.',
    restored:
      'Its data is an older copy: the centre holds payments that are not here. Put it out of use and have it enrolled anew.',
    superseded: 'It has been enrolled anew elsewhere. Put it out of use and call maintenance.',
    other: 'Call maintenance.',
  },
  readerRemedy: {
    unresponsive:
      'Reader or card does not answer: take the card off and tap again. If it stays so, unplug the reader and plug it in again.',
    unplugged: 'The reader is unplugged: check its cable.',
    none: 'No reader found: plug one in.',
  },
  centre: { label: 'Centre', reachable: 'connected', unreachable: 'away', unknown: 'unknown' },

  queue: {
    clear: 'Nothing waits to be uploaded',
    waiting: 'To be uploaded',
    offline: 'Offline',
    offlineMeaning: 'Small amounts go on as usual.',
    count: (count) => counted(count, 'payment'),
    oldest: (seconds) => `oldest ${duration(seconds)} ago`,
    lastContact: (time) => `last contact ${time}`,
    nothing: 'nothing waits to be uploaded',
  },

  connecting: 'Connecting to the payment service…',
  daemonLost: 'The payment service does not answer',
  daemonLostRemedy: 'Reconnecting by itself. If this stays, check that jdpos is running on this machine.',

  amount: 'Amount',
  keypad: 'Keypad',
  digit: (digit) => digit,
  backspace: 'Backspace',
  clear: 'Clear',
  start: 'Charge',
  startHint: 'Keyboard: digits, Enter to charge, Esc to clear',
  kept: 'Not paid yet; a digit starts anew',
  full: 'Eight digits at most; the last one was not taken',
  overLimit: (limitMinor) => `From ${yuan(limitMinor)} on a payment is declined`,

  notices: {
    'no-amount': 'Enter an amount first',
    unreachable: 'The payment service does not answer, so nothing was started. The amount is kept.',
    'not-started': 'The last payment was not started, and no money was taken. The amount is kept: press Charge again.',
    'too-late': 'Too late to cancel: the card is being read, or there is a result.',
    'reply-late': 'Too late: the question is over. Look at the state of the payment.',
    'reply-lost': 'No answer from the payment service. Choose again.',
    'not-printed': 'It was not handed to the printer. Press again.',
    'cancel-lost': 'No answer to the cancellation. Look at the state of the payment and cancel again if need be.',
  },
  refused: (code, title) => `Not started: ${PROBLEMS[code] ?? `${title || 'the terminal refused'} (${code})`}`,

  starting: {
    sign: 'Starting the payment',
    detail: 'One moment',
    unanswered: 'No answer yet. Asking again under the same number, so it cannot be charged twice.',
    cancelWanted: 'It will be cancelled as soon as there is an answer.',
  },
  faces: {
    tap: { sign: 'Tap the card', detail: 'Hold the card on the reader' },
    hold: { sign: 'Keep the card on the reader', detail: 'Reading the card' },
    pin: { sign: 'Enter the PIN', detail: 'The customer enters the PIN on the PIN pad' },
    choose: { sign: 'Choose an application', detail: 'Ask the customer which one it shall be; the card must stay' },
    document: {
      sign: 'Look at the document',
      detail: 'Is it this one that the customer shows? The card must stay',
    },
    authorising: { sign: 'Asking the centre', detail: 'One moment' },
    'same-card-again': {
      sign: 'Tap the same card again',
      detail:
        'The card left too early and may have paid. A second tap of this very card tells; it cannot be charged twice.',
    },
    again: { sign: 'Tap again', detail: 'The card left too early. No money was taken.' },
    approved: { sign: 'Paid', detail: '' },
    balance: { sign: 'Balance', detail: 'An inquiry: nothing was charged' },
    declined: { sign: 'Not paid', detail: 'No money was taken' },
    'declined-after-debit': {
      sign: 'Not paid',
      detail:
        'The card may have been debited, but the shop did not get the money. Treat it as unpaid; the centre checks and gives it back to the cardholder.',
    },
    undecided: {
      sign: 'Not decided',
      detail:
        'Treat it as unpaid. If the card was debited, the centre checks and gives the money back to the cardholder.',
    },
    cancelled: { sign: 'Cancelled', detail: 'No money was taken' },
    failed: { sign: 'Not completed', detail: 'No money was taken. Charge again' },
    lost: {
      sign: 'Connection lost',
      detail:
        'How this payment stands is not known. Do not charge again; the result shows once the connection is back.',
    },
  },
  load: {
    ask: 'Load',
    shortcut: 'F8',
    starting: 'Starting the load',
    faces: {
      tap: { sign: 'Load: present the card', detail: 'Insert it, or hold it on the reader, and leave it there' },
      hold: { sign: 'Loading: keep the card there', detail: 'Reading the card' },
      authorising: { sign: 'Loading: keep the card there', detail: 'Asking the centre' },
      'same-card-again': {
        sign: 'Present the same card again',
        detail: 'The card left too early and may have been loaded. This very card tells; it is not loaded twice.',
      },
      again: { sign: 'Present the card again', detail: 'The card left too early. Nothing was loaded.' },
      approved: { sign: 'Loaded', detail: '' },
      declined: { sign: 'Not loaded', detail: 'Nothing was loaded; its account keeps the money' },
      undecided: {
        sign: 'Load not decided',
        detail: 'The centre checks; what was not loaded returns to the account. Do not load it again for this.',
      },
      cancelled: { sign: 'Load cancelled', detail: 'Nothing was loaded' },
      failed: { sign: 'Load not completed', detail: 'Nothing was loaded. Start again' },
      lost: {
        sign: 'Connection lost',
        detail: 'How this load stands is not known. Do not load again; the result shows once the connection is back.',
      },
    },
    states: { approved: 'loaded', declined: 'not loaded' },
    balanceLeft: 'Balance now',
    cancel: 'Cancel load',
    giveUpMeaning:
      'The card may have been loaded. If you give up, the load is noted as not decided and the centre checks it.',
  },
  balance: {
    ask: 'Balance',
    shortcut: 'F2',
    starting: 'Starting the inquiry',
    faces: {
      tap: { sign: 'Balance: present the card', detail: 'Insert it, or hold it on the reader' },
      again: { sign: 'Present the card again', detail: 'The card left too early.' },
      declined: { sign: 'No balance', detail: 'The card did not show its balance' },
      cancelled: { sign: 'Inquiry cancelled', detail: 'Go on with the next sale' },
      failed: { sign: 'Inquiry not completed', detail: 'Ask again' },
      lost: { sign: 'Connection lost', detail: 'The result shows once the connection is back.' },
    },
    states: { approved: 'told', declined: 'no balance' },
    balanceLeft: 'On the card',
    cancel: 'Cancel inquiry',
    giveUpMeaning: 'An inquiry takes no money.',
  },
  balanceLeft: 'Balance left',
  cardNumber: 'Card',
  recordNumber: 'Record',
  owed: 'Owed before',
  offlineApproved: 'Approved offline, uploaded later',

  documentComing: 'Reading the number…',
  documentMatches: 'It is this one',
  documentDiffers: 'It is another',
  pinTries: (count) => (count === 1 ? 'The last try: a wrong PIN blocks it' : `${count} tries left`),
  bypassPin: 'Go on without PIN',
  pinOnScreen: 'Keys on the screen are for trials: never type a real PIN here.',
  pinBlocked: 'The PIN of this card is blocked. Ask the customer to contact the issuer.',

  cancel: 'Cancel payment',
  cancelling: 'Cancelling…',
  giveUpQuestion: 'Stop waiting for this card?',
  giveUpMeaning:
    'The card may have paid. If you give up, the payment is noted as not decided and the centre checks it.',
  keepWaiting: 'Keep waiting',
  giveUp: 'Give up, not decided',
  next: 'Next sale',
  keepAmount: (amountMinor) => `Back, keep ${yuan(amountMinor)}`,

  slips: {
    title: 'Slips',
    print: { merchant: 'Print merchant’s copy', customer: 'Print cardholder’s copy' },
    printAgain: { merchant: 'Reprint merchant’s copy', customer: 'Reprint cardholder’s copy' },
    states: {
      waiting: 'waits for the printer',
      printing: 'is being printed',
      printed: 'printed',
      'maybe-printed': 'perhaps printed',
      'not-printed': 'not printed',
    },
    unconfirmed: 'The printer cannot tell: look at the paper.',
    printer: {
      unplugged: 'The printer is not connected: look at its cable and its power.',
      refused: 'The printer cannot be opened: call the installer.',
      unresponsive: 'The printer does not answer: is it switched on?',
      attention: 'The printer needs somebody: look at its paper, its cover and its lamps.',
    },
  },

  recent: 'Recent payments',
  noRecent: 'No payments yet',
  customerScreen: 'Screen for the customer',
  states: {
    'awaiting-card': 'waiting for card',
    'card-present': 'reading',
    'awaiting-pin': 'waiting for PIN',
    authorising: 'authorising',
    'present-again': 'tap again',
    approved: 'paid',
    declined: 'not paid',
    undecided: 'not decided',
    cancelled: 'cancelled',
    failed: 'not completed',
  },
  offlineTag: 'offline',
  debitedTag: 'card debited',

  sandbox: {
    title: 'Sandbox',
    meaning: 'Test cards and test network, in the sandbox only.',
    paper: 'See what the printer has printed',
    tray: 'Test cards',
    tap: 'Tap: ',
    onReader: 'on the reader',
    moving: 'One moment…',
    remove: 'Take the card off',
    balance: 'Balance',
    tear: 'Tear',
    tearNext: 'Take the next card off too early',
    tearCommand: 'At command number',
    tearWhen: 'When',
    beforeCard: 'before the card gets it',
    afterCard: 'after the card got it',
    tearArmed: (command) => `The next card leaves at command ${command}`,
    network: 'Network to the centre',
    networkUp: 'up',
    networkDown: 'cut',
    networkMode: 'How it is cut',
    modes: { refuse: 'refuses', blackhole: 'no answer at all', 'lose-answers': 'answers are lost' },
    pinPad: 'PIN pad',
    pinLength: (count) => `${count} entered`,
    pinEnter: 'Enter',
    pinCancel: 'Cancel',
    pinBackspace: 'Backspace',
    problem: (code, title) => `The sandbox refused: ${title || code} (${code})`,
    unreachable: 'The sandbox does not answer; try again.',
  },
};
