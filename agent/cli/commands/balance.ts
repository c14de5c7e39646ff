import type { Define } from '../define.ts';
import { type OrderOptions, order, withOrder } from '../order.ts';

export const define: Define = (command, start) => {
  withOrder(command).action((options: OrderOptions) => start(order('balance', 0, options)));
};
