// SHA-256 (FIPS 180-4) and HMAC (RFC 2104) over bytes in memory.

const K = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
  0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
  0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
  0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
  0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
  0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const FIRST = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);
const BLOCK = 64;
const HASH = 32;
const schedule = memory.data(256);
const state = memory.data(32);

/** The HMAC of `length` bytes under a key of at most 64 bytes; 32 bytes at the address it answers. */
export function hmac(key: usize, keyLength: i32, from: usize, length: i32): usize {
  const inner = heap.alloc(BLOCK + length);
  pad(inner, key, keyLength, 0x36);
  memory.copy(inner + BLOCK, from, length);
  const outer = heap.alloc(BLOCK + HASH);
  pad(outer, key, keyLength, 0x5c);
  memory.copy(outer + BLOCK, sha256(inner, BLOCK + length), HASH);
  return sha256(outer, BLOCK + HASH);
}

function pad(to: usize, key: usize, length: i32, mask: u8): void {
  for (let at = 0; at < BLOCK; at++) store<u8>(to + at, (at < length ? load<u8>(key + at) : 0) ^ mask);
}

export function sha256(from: usize, length: i32): usize {
  const whole = (length + 9 + BLOCK - 1) & ~(BLOCK - 1);
  const padded = heap.alloc(whole);
  memory.fill(padded, 0, whole);
  memory.copy(padded, from, length);
  store<u8>(padded + length, 0x80);
  store<u64>(padded + whole - 8, bswap<u64>(<u64>length << 3));
  memory.copy(state, FIRST, HASH);
  for (let at = 0; at < whole; at += BLOCK) block(padded + at);
  const hash = heap.alloc(HASH);
  for (let at = 0; at < HASH; at += 4) store<u32>(hash + at, bswap<u32>(load<u32>(state + at)));
  return hash;
}

function block(from: usize): void {
  for (let at = 0; at < 16; at++) store<u32>(schedule + (at << 2), bswap<u32>(load<u32>(from + (at << 2))));
  for (let at = 16; at < 64; at++) extend(schedule + (at << 2));
  let a = load<u32>(state), b = load<u32>(state, 4), c = load<u32>(state, 8), d = load<u32>(state, 12);
  let e = load<u32>(state, 16), f = load<u32>(state, 20), g = load<u32>(state, 24), h = load<u32>(state, 28);
  for (let at = 0; at < 256; at += 4) {
    const one = h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & f) ^ (~e & g)) + load<u32>(K + at) + load<u32>(schedule + at);
    const two = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + one;
    d = c;
    c = b;
    b = a;
    a = one + two;
  }
  add(0, a);
  add(4, b);
  add(8, c);
  add(12, d);
  add(16, e);
  add(20, f);
  add(24, g);
  add(28, h);
}

function extend(at: usize): void {
  const far = load<u32>(at - 60);
  const near = load<u32>(at - 8);
  const first = rotr(far, 7) ^ rotr(far, 18) ^ (far >> 3);
  const second = rotr(near, 17) ^ rotr(near, 19) ^ (near >> 10);
  store<u32>(at, load<u32>(at - 64) + first + load<u32>(at - 28) + second);
}

function add(offset: usize, value: u32): void {
  store<u32>(state + offset, load<u32>(state + offset) + value);
}
