import type { Define } from '../define.ts';
import { type OrderOptions, order, parseYuan, withOrder } from '../order.ts';

export const define: Define = (command, start) => {
  withOrder(command)
    .argument('<amount>', 'yuan, such as 12.80', parseYuan)
    .action((amountMinor: number, options: OrderOptions) => start(order('purchase', amountMinor, options)));
};
