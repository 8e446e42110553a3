// Merge sort of places, so that what is equal stays in order.


/** The places 0 to `count` - 1 in the order of `items`. */
export function sorted<T>(count: i32, items: StaticArray<T>, precedes: (one: T, other: T) => bool): StaticArray<i32> {
  let from = new StaticArray<i32>(count);
  for (let at = 0; at < count; at++) unchecked((from[at] = at));
  let to = new StaticArray<i32>(count);
  for (let width = 1; width < count; width <<= 1) {
    for (let begin = 0; begin < count; begin += width << 1) merge(from, to, begin, width, items, precedes);
    const done = to;
    to = from;
    from = done;
  }
  return from;
}

function merge<T>(
  from: StaticArray<i32>,
  to: StaticArray<i32>,
  begin: i32,
  width: i32,
  items: StaticArray<T>,
  precedes: (one: T, other: T) => bool,
): void {
  const count = from.length;
  let left = begin;
  let right = min(begin + width, count);
  const middle = right;
  const end = min(begin + (width << 1), count);
  if (right >= end || !precedes(unchecked(items[unchecked(from[right])]), unchecked(items[unchecked(from[right - 1])]))) {
    memory.copy(changetype<usize>(to) + (<usize>begin << 2), changetype<usize>(from) + (<usize>begin << 2), <usize>(end - begin) << 2);
    return;
  }
  for (let at = begin; at < end; at++) {
    const rightFirst =
      left >= middle ||
      (right < end && precedes(unchecked(items[unchecked(from[right])]), unchecked(items[unchecked(from[left])])));
    unchecked((to[at] = unchecked(from[rightFirst ? right++ : left++])));
  }
}
