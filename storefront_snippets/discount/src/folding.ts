// Letters beyond ASCII that Unicode's full case folding (CaseFolding.txt) turns into something with an ASCII letter in it: long s, the
// Kelvin sign, sharp s, the ligatures and a few more. Only through these can a code in other letters equal one of ours, which are ASCII.

/** For all codes of a checkout together; what finds no room keeps its letters as they are. */
const ROOM: usize = 8192;
const LONGEST = 3;
const room = memory.data(8192);
let used: usize = 0;

export let foldedFrom: usize = 0;
export let foldedLength: i32 = 0;

/** Sets `foldedFrom` and `foldedLength` to the text with those letters folded; capitals of ASCII stay. */
export function fold(from: usize, length: i32): void {
  foldedFrom = from;
  foldedLength = length;
  const needed = <usize>(length + (length >> 1) + LONGEST);
  if (isPlain(from, length) || used + needed > ROOM) return;
  foldedFrom = room + used;
  for (let at: usize = from, end: usize = from + length; at < end; ) at += letter(at, <i32>(end - at));
  foldedLength = <i32>(room + used - foldedFrom);
}

function isPlain(from: usize, length: i32): bool {
  for (let at = 0; at < length; at++) {
    if (load<u8>(from + at) > 127) return false;
  }
  return true;
}

/** Writes what stands at `at`; how many bytes it took. */
function letter(at: usize, left: i32): i32 {
  const first = load<u8>(at);
  if (left >= 2 && two(<u32>first << 8 | load<u8>(at + 1))) return 2;
  if (left >= 3 && three(<u32>first << 16 | <u32>load<u8>(at + 1) << 8 | load<u8>(at + 2))) return 3;
  write(first);
  return 1;
}

function two(bytes: u32): bool {
  if (bytes == 0xc39f) return wrote(0x7373);
  if (bytes == 0xc4b0) return wrote(0x69cc87);
  if (bytes == 0xc589) return wrote(0xcabc6e);
  if (bytes == 0xc5bf) return wrote(0x73);
  if (bytes == 0xc7b0) return wrote(0x6acc8c);
  return false;
}

function three(bytes: u32): bool {
  if (bytes == 0xe284aa) return wrote(0x6b);
  if (bytes == 0xe1ba9e) return wrote(0x7373);
  if (bytes >= 0xe1ba96 && bytes <= 0xe1ba9a) return withMark(bytes);
  if (bytes >= 0xefac80 && bytes <= 0xefac86) return ligature(bytes);
  return false;
}

function withMark(bytes: u32): bool {
  if (bytes == 0xe1ba96) return wrote(0x68ccb1);
  if (bytes == 0xe1ba97) return wrote(0x74cc88);
  if (bytes == 0xe1ba98) return wrote(0x77cc8a);
  return wrote(bytes == 0xe1ba99 ? 0x79cc8a : 0x61cabe);
}

function ligature(bytes: u32): bool {
  if (bytes == 0xefac80) return wrote(0x6666);
  if (bytes == 0xefac81) return wrote(0x6669);
  if (bytes == 0xefac82) return wrote(0x666c);
  if (bytes == 0xefac83) return wrote(0x666669);
  return wrote(bytes == 0xefac84 ? 0x66666c : 0x7374);
}

/** Up to three bytes, the first one highest. */
function wrote(bytes: u32): bool {
  if (bytes > 0xffff) write(<u8>(bytes >> 16));
  if (bytes > 0xff) write(<u8>(bytes >> 8));
  write(<u8>bytes);
  return true;
}

function write(byte: u8): void {
  store<u8>(room + used++, byte);
}
