// The only file that knows how bytes come in and go out: WASI, JSON on standard input and output.
// Another ABI would be another file with the same names (docs/decisions).

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_read")
declare function fd_read(fd: i32, vectors: usize, count: i32, done: usize): i32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, vectors: usize, count: i32, done: usize): i32;

/** Shopify sends 128 kB for 200 lines and as much more as a cart has lines; no cart has eight times that. */
const MOST: usize = 1_048_576;
/** A scan may look at a word beyond the end. */
const SPARE: usize = 8;
const vector = memory.data(12);

/** Reads all there is; returns where it begins. The byte at `end` and the seven after it are 0. */
export function readInput(): usize {
  const begin = heap.alloc(MOST + SPARE);
  end = begin;
  let got: u32;
  do {
    store<usize>(vector, end);
    store<usize>(vector, begin + MOST - end, 4);
    if (fd_read(0, vector, 1, vector + 8) != 0) unreachable();
    got = load<u32>(vector, 8);
    end += got;
  } while (got > 0);
  store<u64>(end, 0);
  return begin;
}

export let end: usize = 0;

export function writeOutput(from: usize, length: usize): void {
  while (length > 0) {
    store<usize>(vector, from);
    store<usize>(vector, length, 4);
    if (fd_write(1, vector, 1, vector + 8) != 0) unreachable();
    const done = load<u32>(vector, 8);
    from += done;
    length -= done;
  }
}
