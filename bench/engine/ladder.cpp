// The lower bound that the other matching engines are compared with: a matching core and nothing else. No accounts, no
// checks, no events but trades in a ring.
//
//   ladder FLOW COUNT LATENCY_COUNT    applies the first COUNT commands of the flow to filled books, once for speed and the
//                                      first LATENCY_COUNT of them once more for latency; prints one line of JSON
//
// Each side of each market is an array of price levels, a level a FIFO of orders linked through one slab, and the occupied
// levels a bitmap of three storeys of 64-way words, so that the next best level is three leading-zero counts away. Asks are
// stored by their distance from the top price, so that the best level of either side is its highest one.
// Order ids find their slot in an array, or, with -DHASHIDS, in an open-addressing hash table as ids of clients would need.
#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

struct Header {
  int32_t markets, ticks, prefill, count, orders, seed;
};
struct Command {
  int32_t op, market, order, side, price, lots;
};
enum Op { LIMIT, IOC, MARKET, MOVE, CANCEL };

struct Digest {
  uint64_t trades = 0, lots = 0, notional = 0;
  uint32_t hash = 0;
  uint64_t restingOrders = 0, restingLots = 0, restingNotional = 0;

  void trade(uint32_t maker, uint32_t taker, uint32_t price, uint32_t size) {
    trades++;
    lots += size;
    notional += uint64_t(price) * size;
    hash = hash * 31 + maker;
    hash = hash * 31 + taker;
    hash = hash * 31 + price;
    hash = hash * 31 + size;
  }
};

// Order id → slot + 1; 0 none.
#ifdef HASHIDS
class Ids {
  struct Entry {
    int32_t id, slot;
  };
  std::vector<Entry> entries;
  uint32_t mask;

  uint32_t home(int32_t id) const {
    uint32_t x = uint32_t(id) * 0x9e3779b1u;
    return (x ^ (x >> 16)) & mask;
  }
  uint32_t entryOf(int32_t id) const {
    uint32_t at = home(id);
    while (entries[at].id != id && entries[at].id != 0) at = (at + 1) & mask;
    return at;
  }

 public:
  // At most a third full: books stay at about the size that they are filled to.
  explicit Ids(const Header& flow) : entries(std::bit_ceil(uint32_t(flow.prefill) * 3 + 4096)) {
    mask = uint32_t(entries.size()) - 1;
  }
  void put(int32_t id, int32_t slot) { entries[entryOf(id)] = {id, slot}; }
  int32_t get(int32_t id) const { return entries[entryOf(id)].slot; }
  // Closes the gap, so that a probe never meets graves.
  void remove(int32_t id) {
    uint32_t gap = entryOf(id);
    for (uint32_t at = (gap + 1) & mask; entries[at].id != 0; at = (at + 1) & mask) {
      uint32_t distance = (at - home(entries[at].id)) & mask;
      if (distance < ((at - gap) & mask)) continue;
      entries[gap] = entries[at];
      gap = at;
    }
    entries[gap] = {0, 0};
  }
};
#else
class Ids {
  std::vector<int32_t> slots;

 public:
  explicit Ids(const Header& flow) : slots(size_t(flow.orders) + 1) {}
  void put(int32_t id, int32_t slot) { slots[id] = slot; }
  int32_t get(int32_t id) const { return slots[id]; }
  void remove(int32_t id) { slots[id] = 0; }
};
#endif

// Which levels of each side are occupied: up to 64^3 of them. All sides in one array, the storeys of a side one after another.
class Bitmaps {
  size_t middle, top, stride;
  std::vector<uint64_t> words;

 public:
  Bitmaps(size_t sides, int levels)
      : middle(levels / 64 + 1), top(middle + levels / 4096 + 1), stride(top + 1), words(sides * stride) {}
  void set(size_t side, uint32_t level) {
    uint64_t* own = &words[side * stride];
    own[level >> 6] |= 1ull << (level & 63);
    own[middle + (level >> 12)] |= 1ull << ((level >> 6) & 63);
    own[top] |= 1ull << (level >> 12);
  }
  void clear(size_t side, uint32_t level) {
    uint64_t* own = &words[side * stride];
    if (own[level >> 6] &= ~(1ull << (level & 63))) return;
    if (own[middle + (level >> 12)] &= ~(1ull << ((level >> 6) & 63))) return;
    own[top] &= ~(1ull << (level >> 12));
  }
  // 0 when empty: prices begin at 1.
  int32_t highest(size_t side) const {
    const uint64_t* own = &words[side * stride];
    if (own[top] == 0) return 0;
    int32_t upper = 63 - std::countl_zero(own[top]);
    int32_t word = upper * 64 + 63 - std::countl_zero(own[middle + upper]);
    return word * 64 + 63 - std::countl_zero(own[word]);
  }
};

struct Level {
  int32_t oldest = 0, youngest = 0;
};

class Ladder {
  struct alignas(32) Order {
    int32_t id, side, level, lots, older, younger;
  };
  struct Trade {
    int32_t maker, taker, price, lots;
  };
  static constexpr uint32_t TRADES = 1 << 16;

  int32_t ticks;
  // By side; 0 none. Side 2m buys in market m, 2m + 1 sells.
  std::vector<int32_t> best;
  std::vector<Level> levels;
  Bitmaps occupied;
  std::vector<Order> slab;
  std::vector<Trade> trades;
  Ids ids;
  uint32_t tradeCount = 0;
  int32_t freeSlot = 0;
  int32_t used = 1;

  int32_t levelOf(int side, int32_t price) const { return (side & 1) ? ticks + 1 - price : price; }

  Level& queueAt(int side, int32_t level) { return levels[size_t(side) * (ticks + 1) + level]; }

  void rest(int side, int32_t level, int32_t id, int32_t lots) {
    int32_t slot = freeSlot;
    if (slot != 0) freeSlot = slab[slot].younger;
    else if ((slot = used++) == int32_t(slab.size())) slab.resize(slab.size() * 2);
    Level& queue = queueAt(side, level);
    slab[slot] = {id, side, level, lots, queue.youngest, 0};
    if (queue.youngest != 0) slab[queue.youngest].younger = slot;
    else {
      queue.oldest = slot;
      occupied.set(side, level);
      best[side] = std::max(best[side], level);
    }
    queue.youngest = slot;
    ids.put(id, slot);
  }

  void release(int32_t slot) {
    ids.remove(slab[slot].id);
    slab[slot].younger = freeSlot;
    freeSlot = slot;
  }

  void vacate(int side, int32_t level) {
    occupied.clear(side, level);
    if (best[side] == level) best[side] = occupied.highest(side);
  }

  void cancel(int32_t slot) {
    const Order order = slab[slot];
    Level& queue = queueAt(order.side, order.level);
    if (order.older != 0) slab[order.older].younger = order.younger;
    else queue.oldest = order.younger;
    if (order.younger != 0) slab[order.younger].older = order.older;
    else queue.youngest = order.older;
    if (queue.oldest == 0) vacate(order.side, order.level);
    release(slot);
  }

  // Trades with levels of `other` from the best down to `worst`; returns the lots that are left.
  int32_t match(int other, int32_t worst, int32_t taker, int32_t lots) {
    while (lots > 0 && best[other] >= worst && best[other] != 0) {
      int32_t level = best[other];
      int32_t price = levelOf(other, level);
      Level& queue = queueAt(other, level);
      int32_t slot = queue.oldest;
      while (lots > 0 && slot != 0) {
        Order& maker = slab[slot];
        int32_t filled = std::min(lots, maker.lots);
        trades[tradeCount++ & (TRADES - 1)] = {maker.id, taker, price, filled};
        digest.trade(maker.id, taker, price, filled);
        lots -= filled;
        maker.lots -= filled;
        if (maker.lots != 0) break;
        int32_t next = maker.younger;
        release(slot);
        slot = next;
      }
      queue.oldest = slot;
      if (slot != 0) slab[slot].older = 0;
      else {
        queue.youngest = 0;
        vacate(other, level);
      }
    }
    return lots;
  }

  void place(int side, int32_t price, int32_t id, int32_t lots) {
    int32_t level = levelOf(side, price);
    int32_t left = match(side ^ 1, ticks + 1 - level, id, lots);
    if (left > 0) rest(side, level, id, left);
  }

 public:
  Digest digest;

  explicit Ladder(const Header& flow)
      : ticks(flow.ticks),
        best(flow.markets * 2),
        levels(best.size() * (flow.ticks + 1)),
        occupied(best.size(), flow.ticks + 1),
        slab(1 << 19),
        trades(TRADES),
        ids(flow) {}

  void apply(const Command& command) {
    int side = command.market * 2 + command.side;
    switch (command.op) {
      case LIMIT:
        place(side, command.price, command.order, command.lots);
        break;
      case IOC:
        match(side ^ 1, ticks + 1 - levelOf(side, command.price), command.order, command.lots);
        break;
      case MARKET:
        match(side ^ 1, 1, command.order, command.lots);
        break;
      default: {
        int32_t slot = ids.get(command.order);
        if (slot == 0) std::abort();
        int32_t lots = slab[slot].lots;
        cancel(slot);
        if (command.op == MOVE) place(side, command.price, command.order, lots);
      }
    }
  }

  void countResting() {
    for (int side = 0; side < int(best.size()); side++) {
      for (int32_t level = 1; level <= ticks; level++) {
        for (int32_t slot = queueAt(side, level).oldest; slot != 0; slot = slab[slot].younger) {
          digest.restingOrders++;
          digest.restingLots += slab[slot].lots;
          digest.restingNotional += uint64_t(slab[slot].lots) * levelOf(side, level);
        }
      }
    }
  }
};

using Clock = std::chrono::steady_clock;

static double seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

static double nanoseconds(Clock::duration time) { return seconds(time) * 1e9; }

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  FILE* file = std::fopen(argv[1], "rb");
  Header flow;
  if (file == nullptr || std::fread(&flow, sizeof flow, 1, file) != 1) return 3;
  const size_t count = std::min<size_t>(std::strtoull(argv[2], nullptr, 10), flow.count);
  const size_t latencyCount = std::min<size_t>(std::strtoull(argv[3], nullptr, 10), count);
  std::vector<Command> commands(flow.prefill + count);
  if (std::fread(commands.data(), sizeof(Command), commands.size(), file) != commands.size()) return 4;
  std::fclose(file);
  const Command* begin = commands.data() + flow.prefill;

  // The first of the two passes only warms caches and clock rate.
  double elapsed = 0;
  Digest digest;
  for (int pass = 0; pass < 2; pass++) {
    Ladder ladder(flow);
    for (const Command* at = commands.data(); at != begin; at++) ladder.apply(*at);
    auto start = Clock::now();
    for (const Command* at = begin; at != begin + count; at++) ladder.apply(*at);
    elapsed = seconds(Clock::now() - start);
    ladder.countResting();
    digest = ladder.digest;
  }

  std::vector<double> overheads(10'001), samples(latencyCount);
  for (double& sample : overheads) {
    auto start = Clock::now();
    sample = nanoseconds(Clock::now() - start);
  }
  std::sort(overheads.begin(), overheads.end());
  Ladder ladder(flow);
  for (const Command* at = commands.data(); at != begin; at++) ladder.apply(*at);
  for (size_t i = 0; i < latencyCount; i++) {
    auto start = Clock::now();
    ladder.apply(begin[i]);
    samples[i] = std::max(0.0, nanoseconds(Clock::now() - start) - overheads[overheads.size() / 2]);
  }
  std::sort(samples.begin(), samples.end());
  auto percentile = [&](double part) {
    return samples.empty() ? 0 : samples[std::min(samples.size() - 1, size_t(part * double(samples.size())))];
  };
  std::printf("{\"perSecond\":%.0f,\"latencyNs\":{\"p50\":%.0f,\"p99\":%.0f,\"p999\":%.0f},", double(count) / elapsed,
              percentile(0.5), percentile(0.99), percentile(0.999));
  std::printf("\"digest\":{\"trades\":%llu,\"lots\":%llu,\"notional\":%llu,\"hash\":%u,\"restingOrders\":%llu,"
              "\"restingLots\":%llu,\"restingNotional\":%llu}}\n",
              (unsigned long long)digest.trades, (unsigned long long)digest.lots, (unsigned long long)digest.notional,
              digest.hash, (unsigned long long)digest.restingOrders, (unsigned long long)digest.restingLots,
              (unsigned long long)digest.restingNotional);
}
