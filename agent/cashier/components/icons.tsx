import type { ComponentChildren } from 'preact';
import type { Face } from '../view.ts';

/** Each outcome has a shape of its own, so that none is told by colour alone. The word beside it says the same. */
function Sign({ children }: { children: ComponentChildren }) {
  return (
    <svg class="sign" viewBox="0 0 96 96" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const Waves = () => (
  <g class="waves" fill="none" stroke="currentColor" stroke-width="5" stroke-linecap="round">
    <path d="M35 37a19 19 0 0 1 26 0" />
    <path d="M26 27a32 32 0 0 1 44 0" />
    <path d="M17 18a45 45 0 0 1 62 0" />
  </g>
);

const Card = ({ y }: { y: number }) => (
  <g fill="none" stroke="currentColor" stroke-width="5" stroke-linejoin="round">
    <rect x="18" y={y} width="60" height="38" rx="6" />
    <path d={`M18 ${y + 13}h60`} />
  </g>
);

const Octagon = () => <path class="shape" d="M30 6h36l24 24v36L66 90H30L6 66V30z" />;
const Circle = () => <circle class="shape" cx="48" cy="48" r="42" />;
const Triangle = () => <path class="shape" d="M48 7 92 87H4z" stroke-linejoin="round" />;
const Diamond = () => <path class="shape" d="M48 3 93 48 48 93 3 48z" />;
const Square = () => <rect class="shape" x="8" y="8" width="80" height="80" rx="8" />;

const Mark = ({ d }: { d: string }) => <path class="mark" d={d} />;

const CROSS = 'M33 33l30 30M63 33L33 63';
const CHECK = 'M27 50l15 15 28-32';
const QUESTION = 'M38 39a10.5 10.5 0 1 1 15 9.5c-3.5 1.7-5 4-5 8M48 69v.1';

const SIGNS: Readonly<Record<Face | 'starting', () => preact.JSX.Element>> = {
  starting: () => (
    <Sign>
      <circle class="ring" cx="48" cy="48" r="34" />
    </Sign>
  ),
  choose: () => (
    <Sign>
      <g fill="none" stroke="currentColor" stroke-width="5" stroke-linejoin="round">
        <path d="M34 14h46v30H68" />
      </g>
      <g fill="none" stroke="currentColor" stroke-width="5" stroke-linejoin="round">
        <rect x="14" y="34" width="54" height="34" rx="6" />
        <path d="M14 46h54" />
      </g>
    </Sign>
  ),
  document: () => (
    <Sign>
      <g fill="none" stroke="currentColor" stroke-width="5" stroke-linejoin="round" stroke-linecap="round">
        <rect x="10" y="22" width="76" height="54" rx="6" />
        <circle cx="32" cy="42" r="8" />
        <path d="M20 64c1-8 6-11 12-11s11 3 12 11M56 40h18M56 54h18" />
      </g>
    </Sign>
  ),
  authorising: () => (
    <Sign>
      <circle class="ring" cx="48" cy="48" r="34" />
    </Sign>
  ),
  tap: () => (
    <Sign>
      <Waves />
      <Card y={50} />
    </Sign>
  ),
  hold: () => (
    <Sign>
      <Card y={22} />
      <path class="reader" d="M6 72h84M16 84h64" />
    </Sign>
  ),
  pin: () => (
    <Sign>
      <g fill="currentColor">
        {[24, 48, 72].flatMap((x) => [24, 48, 72].map((y) => <circle key={`${x}-${y}`} cx={x} cy={y} r="8" />))}
      </g>
    </Sign>
  ),
  again: () => (
    <Sign>
      <Triangle />
      <Mark d="M48 36v22M48 71v.1" />
    </Sign>
  ),
  'same-card-again': () => (
    <Sign>
      <Triangle />
      <Mark d="M48 36v22M48 71v.1" />
    </Sign>
  ),
  approved: () => (
    <Sign>
      <Circle />
      <Mark d={CHECK} />
    </Sign>
  ),
  balance: () => (
    <Sign>
      <Card y={29} />
    </Sign>
  ),
  declined: () => (
    <Sign>
      <Octagon />
      <Mark d={CROSS} />
    </Sign>
  ),
  'declined-after-debit': () => (
    <Sign>
      <Octagon />
      <Mark d="M48 26v28M48 68v.1" />
    </Sign>
  ),
  undecided: () => (
    <Sign>
      <Diamond />
      <Mark d={QUESTION} />
    </Sign>
  ),
  cancelled: () => (
    <Sign>
      <Circle />
      <Mark d="M28 48h40" />
    </Sign>
  ),
  failed: () => (
    <Sign>
      <Square />
      <Mark d={CROSS} />
    </Sign>
  ),
  lost: () => (
    <Sign>
      <Diamond />
      <Mark d="M48 28v26M48 68v.1" />
    </Sign>
  ),
};

export function FaceSign({ face }: { face: Face | 'starting' }) {
  const Shape = SIGNS[face];
  return <Shape />;
}

export function BackspaceIcon() {
  return (
    <svg class="key-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M8 5h13v14H8l-6-7zM11.5 9l6 6M17.5 9l-6 6" />
    </svg>
  );
}
