import { lmsr } from './lmsr.mjs';
import { protocol } from './protocol.mjs';

/** Every deliberate bug, in the order in which they are tried. */
export const mutations = [...protocol, ...lmsr];
