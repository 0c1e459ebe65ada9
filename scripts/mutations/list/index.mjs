import { lmsr } from './lmsr.mjs';
import { markets } from './markets.mjs';
import { money } from './money.mjs';
import { orders } from './orders.mjs';
import { protocol } from './protocol.mjs';
import { quotes } from './quotes.mjs';

/** Every deliberate bug, in the order in which they are tried. */
export const mutations = [...orders, ...quotes, ...money, ...markets, ...lmsr, ...protocol];
