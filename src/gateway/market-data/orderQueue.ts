/** An order that rests in a book: its place in the queue of its price, from 1, and what is left of it. */
export type RestingOrder = { readonly id: number; queue: OrderQueue; place: number; lots: number };

/** Places of orders that have left are kept until there are so many more than orders. */
const SLACK = 32;

/**
 * The orders of one price, oldest first. Sums over the places (a Fenwick tree) say in logarithmic time how much stands before
 * an order, however long the queue is.
 */
export class OrderQueue {
  readonly outcome: number;
  readonly side: number;
  readonly price: number;
  /** Orders in it. */
  size = 0;
  /** Index 0 is not used. */
  private places: (RestingOrder | undefined)[] = [undefined];
  /** At i the lots of the places i − lowbit(i) + 1 … i. */
  private sums: number[] = [0];

  constructor(outcome: number, side: number, price: number) {
    this.outcome = outcome;
    this.side = side;
    this.price = price;
  }

  /** Puts a new order at the back. */
  append(id: number, lots: number): RestingOrder {
    const order = { id, queue: this, place: this.places.length, lots };
    this.push(order);
    this.size++;
    return order;
  }

  /** The order becomes smaller where it stands. */
  shrink(order: RestingOrder, lots: number): void {
    this.add(order.place, lots - order.lots);
    order.lots = lots;
  }

  remove(order: RestingOrder): void {
    this.shrink(order, 0);
    this.places[order.place] = undefined;
    this.size--;
    if (this.places.length > 2 * this.size + SLACK) this.close();
  }

  /** Lots of the orders that are older. */
  ahead(order: RestingOrder): number {
    let lots = 0;
    for (let i = order.place - 1; i > 0; i -= i & -i) lots += this.sums[i] as number;
    return lots;
  }

  /** Oldest first. */
  *[Symbol.iterator](): Generator<RestingOrder> {
    for (const order of this.places) if (order !== undefined) yield order;
  }

  private push(order: RestingOrder): void {
    const i = this.places.push(order) - 1;
    let sum = order.lots;
    for (let step = 1; step < (i & -i); step <<= 1) sum += this.sums[i - step] as number;
    this.sums.push(sum);
  }

  private add(place: number, lots: number): void {
    for (let i = place; i < this.sums.length; i += i & -i) this.sums[i] = (this.sums[i] as number) + lots;
  }

  /** Closes the gaps. */
  private close(): void {
    const orders = [...this];
    this.places = [undefined];
    this.sums = [0];
    for (const order of orders) {
      order.place = this.places.length;
      this.push(order);
    }
  }
}
