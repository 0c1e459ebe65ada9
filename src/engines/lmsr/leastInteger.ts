/**
 * The least integer in [low, high] for which `holds`, which is monotone and known to hold at `high`. Usually there are
 * two candidates and one question. The middle is found from the distance: low + high may exceed 2⁵³ and round to high.
 */
export function leastInteger(low: number, high: number, holds: (candidate: number) => boolean): number {
  let least = low;
  let most = high;
  while (least < most) {
    const middle = least + Math.floor((most - least) / 2);
    if (holds(middle)) most = middle;
    else least = middle + 1;
  }
  return least + 0; // never −0: snapshots compare bytes
}
