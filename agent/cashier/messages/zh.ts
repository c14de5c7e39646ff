import { yuan } from '../amount.ts';

const duration = (seconds: number): string => {
  if (seconds < 60) return `${Math.floor(seconds)} 秒`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} 分钟`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} 小时`;
  return `${Math.floor(seconds / 86_400)} 天`;
};

const PROBLEMS: Readonly<Record<string, string>> = {
  'payment-in-progress': '另一笔收款正在进行，请先完成或取消它。',
  'kind-not-available': '终端还不支持这种交易。',
  'terminal-not-ready': '终端还没有登记，或还没有从中心取得参数。请联系安装人员。',
  'storage-unavailable': '终端无法保存交易，不能收款。请联系维护人员。',
};

/** Everything the page says, in Chinese. Other languages have exactly these sentences. */
export const zh = {
  code: 'zh-CN',
  title: '收银台 · 江都购物卡',
  brand: '江都购物卡',
  place: '收银台',
  terminal: (id: string) => `终端 ${id}`,
  otherLanguage: 'English',
  switchLanguage: '切换到英文',
  duration,
  clockTime: (date: Date) => date.toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false }),

  reader: {
    label: '读卡器',
    card: '有卡',
    empty: '就绪',
    unresponsive: '无响应',
    unplugged: '未连接',
    none: '没有读卡器',
    unknown: '未知',
  },
  readerRemedy: {
    unresponsive: '读卡器或卡没有响应：请把卡拿开再刷；如仍无响应，请重新插拔读卡器。',
    unplugged: '读卡器未连接：请检查读卡器的连线。',
    none: '没有找到读卡器：请插上读卡器。',
  },
  centre: { label: '中心', reachable: '已连接', unreachable: '连不上', unknown: '未知' },

  queue: {
    clear: '没有待上传的交易',
    waiting: '待上传',
    offline: '脱机中',
    offlineMeaning: '小额照常收款，恢复后自动上传。',
    count: (count: number) => `${count} 笔`,
    oldest: (seconds: number) => `最早一笔 ${duration(seconds)}前`,
    lastContact: (time: string) => `上次联系 ${time}`,
    nothing: '没有待上传的交易',
  },

  connecting: '正在连接收款程序…',
  daemonLost: '连不上收款程序',
  daemonLostRemedy: '正在自动重连。如果一直这样，请确认本机的 jdpos 正在运行。',

  amount: '收款金额',
  keypad: '数字键盘',
  digit: (digit: string) => digit,
  backspace: '退格',
  clear: '清零',
  start: '收款',
  startHint: '键盘：数字输入，Enter 收款，Esc 清零',
  kept: '上一笔未收到的金额；按数字键重新输入',
  full: '金额最多八位数字，多出的没有输入',
  overLimit: (limitMinor: number) => `达到单笔限额 ${yuan(limitMinor)}，会被拒绝`,

  notices: {
    'no-amount': '请先输入金额',
    unreachable: '连不上收款程序，现在不能收款。金额已保留。',
    'not-started': '上一次没有发起收款，也没有扣款。金额已保留，请重新按“收款”。',
    'too-late': '现在不能取消：这笔收款正在读卡或已有结果。',
    'cancel-lost': '没有收到取消的答复，请看这笔收款的状态，需要时再取消一次。',
  },
  refused: (code: string, title: string) =>
    `没有发起收款：${PROBLEMS[code] ?? `${title || '终端没有接受'}（${code}）`}`,

  starting: {
    sign: '正在发起收款',
    detail: '请稍候',
    unanswered: '还没有收到答复，正在用同一编号再次询问，不会重复收款。',
    cancelWanted: '收到答复后立即取消。',
  },
  faces: {
    tap: { sign: '请刷卡', detail: '请顾客把卡贴在读卡器上' },
    hold: { sign: '请勿移开卡片', detail: '正在读卡' },
    pin: { sign: '请输入密码', detail: '请顾客在密码键盘上输入密码' },
    authorising: { sign: '正在联机核准', detail: '请稍候' },
    'same-card-again': {
      sign: '请同一张卡再刷一次',
      detail: '刚才没有读完，这张卡可能已经扣款。同一张卡再刷一次就能查明，不会重复扣款。',
    },
    again: { sign: '请再刷一次', detail: '刚才没有读完，没有扣款。' },
    approved: { sign: '收款成功', detail: '' },
    balance: { sign: '卡内余额', detail: '只是查询，没有收款' },
    declined: { sign: '收款未成功', detail: '没有扣款' },
    'declined-after-debit': {
      sign: '收款未成功',
      detail: '卡上可能已扣款，但商户没有收到。请按未收款处理；中心核实后会把钱退给持卡人。',
    },
    undecided: {
      sign: '结果待定',
      detail: '请按未收款处理。这张卡如果已扣款，中心核实后会把钱退给持卡人。',
    },
    cancelled: { sign: '已取消', detail: '没有扣款' },
    failed: { sign: '收款未完成', detail: '没有扣款，请重新收款' },
    lost: { sign: '与收款程序的连接中断', detail: '这笔收款的结果还不知道。请先不要重新收款，连上后会显示结果。' },
  },
  /** What a load says otherwise than a sale. */
  load: {
    ask: '圈存',
    shortcut: 'F8',
    starting: '正在发起圈存',
    faces: {
      tap: { sign: '圈存：请出示卡片', detail: '请插卡，或把卡贴在读卡器上；完成前请勿移开' },
      hold: { sign: '圈存中，请勿移开卡片', detail: '正在读卡' },
      authorising: { sign: '圈存中，请勿移开卡片', detail: '正在联机核准' },
      'same-card-again': {
        sign: '请再次出示同一张卡',
        detail: '刚才没有完成，这张卡可能已经圈存。再次出示同一张卡就能查明，不会重复圈存。',
      },
      again: { sign: '请再次出示卡片', detail: '刚才没有读完，没有圈存。' },
      approved: { sign: '圈存成功', detail: '' },
      declined: { sign: '圈存未成功', detail: '没有圈存，账户没有扣款' },
      undecided: { sign: '圈存结果待定', detail: '由中心核实；没有圈存的款项会回到卡片账户。请勿为此再次圈存。' },
      cancelled: { sign: '圈存已取消', detail: '没有圈存' },
      failed: { sign: '圈存未完成', detail: '没有圈存，请重新发起' },
      lost: { sign: '与收款程序的连接中断', detail: '这笔圈存的结果还不知道。请先不要重新圈存，连上后会显示结果。' },
    },
    states: { approved: '成功', declined: '未成功' },
    balanceLeft: '圈存后余额',
    cancel: '取消圈存',
    giveUpMeaning: '这张卡可能已经圈存。放弃后结果记为“待定”，由中心核实。',
  },
  /** And a balance inquiry. */
  balance: {
    ask: '查余额',
    shortcut: 'F2',
    starting: '正在发起查询',
    faces: {
      tap: { sign: '查余额：请出示卡片', detail: '请插卡，或把卡贴在读卡器上' },
      again: { sign: '请再次出示卡片', detail: '刚才没有读完。' },
      declined: { sign: '查不到余额', detail: '此卡没有给出余额' },
      cancelled: { sign: '查询已取消', detail: '请按“下一笔”继续' },
      failed: { sign: '查询未完成', detail: '请重新查询' },
      lost: { sign: '与收款程序的连接中断', detail: '连上后会显示结果。' },
    },
    states: { approved: '已查', declined: '查不到' },
    balanceLeft: '卡内余额',
    cancel: '取消查询',
    giveUpMeaning: '查询不会扣款。',
  },
  balanceLeft: '卡内余额',
  cardNumber: '卡号',
  recordNumber: '流水号',
  owed: '原有欠款',
  offlineApproved: '脱机收款，稍后自动上传',

  cancel: '取消收款',
  cancelling: '正在取消…',
  giveUpQuestion: '确定不再等这张卡吗？',
  giveUpMeaning: '这张卡可能已经扣款。放弃后结果记为“待定”，由中心核实。',
  keepWaiting: '继续等待',
  giveUp: '放弃，记为待定',
  next: '下一笔',
  keepAmount: (amountMinor: number) => `返回，保留 ${yuan(amountMinor)}`,

  recent: '最近的收款',
  noRecent: '还没有收款',
  states: {
    'awaiting-card': '等待刷卡',
    'card-present': '读卡中',
    'awaiting-pin': '等待密码',
    authorising: '核准中',
    'present-again': '等待再刷',
    approved: '成功',
    declined: '未成功',
    undecided: '待定',
    cancelled: '已取消',
    failed: '未完成',
  },
  offlineTag: '脱机',
  debitedTag: '卡已扣款',

  sandbox: {
    title: '沙盒',
    meaning: '测试用的卡和网络，只在沙盒里有。',
    tray: '测试卡',
    tap: '刷卡：',
    onReader: '在读卡器上',
    moving: '请稍候…',
    remove: '拿开卡片',
    balance: '余额',
    tear: '中途拿开',
    tearNext: '下一次刷卡时中途拿开',
    tearCommand: '在第几条命令',
    tearWhen: '时机',
    beforeCard: '命令到卡之前',
    afterCard: '卡收到之后',
    tearArmed: (command: number) => `下一次刷卡会在第 ${command} 条命令拿开`,
    network: '到中心的网络',
    networkUp: '接通',
    networkDown: '断开',
    networkMode: '断开的方式',
    modes: { refuse: '拒绝连接', blackhole: '没有回应', 'lose-answers': '答复丢失' },
    pinPad: '密码键盘',
    pinLength: (count: number) => `已输入 ${count} 位`,
    pinEnter: '确认',
    pinCancel: '取消',
    pinBackspace: '退格',
    problem: (code: string, title: string) => `沙盒没有接受：${title || code}（${code}）`,
    unreachable: '沙盒没有回应，请再试一次。',
  },
};
