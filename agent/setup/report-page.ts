import { accepted, type ReportContent, type SignedReport, verdictOf } from './report.ts';
import { TESTS } from './tests.ts';

const safe = (text: string): string =>
  text.replace(/\p{Cc}/gu, ' ').replace(/[&<>"']/g, (char) => `&#${char.codePointAt(0)};`);

/** Within a script element: no end tag and no comment can be in it. */
const embedded = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
const OPEN = '<script type="application/json" id="report">';
const CLOSE = '</script>';

const OUTCOMES = { passed: '✓ passed', failed: '✗ failed', skipped: '– skipped' } as const;

const rows = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, value]) => `<tr><th scope="row">${safe(name)}</th><td>${safe(value)}</td></tr>`).join('\n');

const STYLE = `
body{font:15px/1.5 system-ui,sans-serif;color:#1c1c1c;background:#fff;max-width:52rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid #999}
table{border-collapse:collapse;table-layout:fixed;width:100%}td{overflow-wrap:anywhere}.passed,.failed,.skipped{width:6rem}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #ddd}
th{font-weight:600;width:34%}.verdict{font-size:1.1rem;font-weight:600;padding:.6rem .8rem;border:2px solid}
.good{border-color:#1b6e2d}.bad{border-color:#b00020}.trial{background:#fff3cd;border:2px solid #7a5b00;padding:.6rem .8rem;font-weight:600}
.failed{color:#b00020;font-weight:600}.passed{color:#1b6e2d}.skipped{color:#5a5a5a}
.sign{display:flex;gap:3rem;margin-top:3rem}.sign p{flex:1;border-top:1px solid #333;padding-top:.3rem}
code{font-size:.8rem;overflow-wrap:anywhere}@media print{body{margin:0}}`;

const DEVICES: Readonly<Record<string, string>> = {
  pinPad: 'PIN pad',
  scanner: 'Scanner',
  printer: 'Printer',
  display: 'Customer display',
};

/** `serial: port /dev/ttyACM0, baudRate 9600`: the names are those of the settings. */
function inWords({ kind, ...settings }: Readonly<Record<string, unknown>>): string {
  const said = Object.entries(settings).map(
    ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  return said.length === 0 ? String(kind) : `${kind}: ${said.join(', ')}`;
}

function testRow({ id, outcome, detail, measured = [] }: ReportContent['tests'][number]): string {
  const figures = measured.map(({ what, value, unit }) => `${what}: ${value} ${unit}`);
  const said = [...(detail === undefined ? [] : [detail]), ...figures].map(safe).join('<br>');
  return `<tr><th scope="row">${safe(TESTS[id])}</th><td class="${outcome}">${OUTCOMES[outcome]}</td><td>${said}</td></tr>`;
}

/** The report for people, in one file that needs nothing else; the signed JSON is in it. */
export function reportPage(signed: SignedReport): string {
  const { report, signature } = signed;
  const good = accepted(report);
  const verdict = verdictOf(report);
  const words = `${good ? '验收通过' : '验收未通过'} ${verdict.charAt(0).toUpperCase()}${verdict.slice(1)}`;
  const head: (readonly [string, string])[] = [
    ['Terminal 终端', report.terminal],
    ['Merchant 商户', report.merchant],
    ['Epoch', `${report.epoch} (${report.enrolment === 'new' ? 'enrolled by this setup' : 'enrolled before; kept'})`],
    ['At 时间', report.at],
    ['Clearing host 清算中心', report.clearing.url],
    ['Its authority (SHA-256)', report.clearing.caSha256 ?? 'whom Node trusts'],
    ...(report.parameters === undefined
      ? []
      : ([['Parameters', `version ${report.parameters.version}, ${report.parameters.caKeys} CA keys`]] as const)),
    ['Hotlist 黑名单', `version ${report.hotlistVersion}`],
    ['Client certificate until', report.certificateUntil ?? 'none: TLS is not spoken'],
  ];
  const devices = [
    ...report.readers.map(({ name, role, state }) => [`Reader: ${role}`, `${name} (${state})`] as const),
    ...Object.entries(report.devices).map(([kind, settings]) => [DEVICES[kind] ?? kind, inWords(settings)] as const),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Acceptance report ${safe(report.terminal)}</title><style>${STYLE}</style></head><body><main>
<h1>验收报告 Acceptance report</h1>
<p>${safe(report.terminal)} · ${safe(report.at)}</p>
<p class="verdict ${good ? 'good' : 'bad'}">${safe(words)}</p>
${report.testKeys ? '<p class="trial">测试密钥 TEST keys: everybody knows them. This terminal is for trials alone.</p>' : ''}
<h2>Terminal</h2><table>
${rows(head)}
</table>
<h2>Tests 测试</h2><table>
${report.tests.map(testRow).join('\n')}
</table>
<h2>Devices 设备</h2><table>
${devices.length === 0 ? '<tr><td>none</td></tr>' : rows(devices)}
</table>
<h2>Versions and files</h2><table>
${rows(Object.entries(report.versions))}
${rows(report.files.map((file) => ['File', file] as const))}
</table>
<div class="sign"><p>Installer 安装人</p><p>Merchant 商户</p></div>
<h2>Signature of the terminal</h2>
<p>SM2 with SM3, key <code>${signature.publicKey}</code></p>
<p><code>${signature.value}</code></p>
<p>Check it with <code>jdpos setup verify-report</code>.</p>
</main>
${OPEN}${embedded(signed)}${CLOSE}
</body></html>
`;
}

/** The signed JSON in a page; undefined where there is none. */
export function embeddedReport(page: string): string | undefined {
  const begin = page.lastIndexOf(OPEN);
  const end = page.indexOf(CLOSE, begin);
  return begin < 0 || end < 0 ? undefined : page.slice(begin + OPEN.length, end);
}
